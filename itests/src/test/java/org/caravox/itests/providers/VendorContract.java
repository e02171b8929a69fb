package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.itests.hub.Project;

/** A vendor's own OpenAPI document, which is kept beside the project where it is kept at all. */
final class VendorContract {

    private static final Path FOLDER = Project.root().resolveSibling("shared").resolve("contracts");

    private final ObjectNode document;

    private VendorContract(ObjectNode document) {
        this.document = document;
    }

    /** Reads one, or skips the test where there is none. */
    static VendorContract of(String file) throws IOException {
        Path path = FOLDER.resolve(file);
        assumeTrue(Files.isRegularFile(path), () -> "no " + file + " in ../shared/contracts: requests are not checked");
        return new VendorContract((ObjectNode) new YAMLMapper().readTree(path.toFile()));
    }

    /** The names of an operation's query parameters. */
    Set<String> queryParameters(String path, String method) {
        Set<String> names = new TreeSet<>();
        for (JsonNode parameter : document.path("paths").path(path).path(method).path("parameters")) {
            if (parameter.path("in").asText().equals("query")) {
                names.add(parameter.path("name").asText());
            }
        }
        return names;
    }

    /** The names of a schema's properties. */
    Set<String> properties(String schema) {
        Set<String> names = new TreeSet<>();
        document.at("/components/schemas/" + schema + "/properties")
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }

    /** That a value is as a schema says. */
    void assertValid(String schema, JsonNode value) {
        ObjectNode whole = document.deepCopy().retain("components");
        whole.put("$ref", "#/components/schemas/" + schema);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(whole)
                        .validate(value))
                .as(value.toString())
                .isEmpty();
    }
}
