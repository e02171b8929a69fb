package org.caravox.fakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A vendor's OpenAPI document, which is kept beside the project where it is kept at all. */
final class Contract {

    private static final String SHARED = "caravox.shared";
    private static final Path FOLDER = Path.of(System.getProperty(SHARED, "../../../shared"))
            .toAbsolutePath()
            .normalize()
            .resolve("contracts");
    private static final SchemaValidatorsConfig STRICT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final Map<String, Contract> ALL = new ConcurrentHashMap<>();

    private final ObjectNode document;

    private Contract(ObjectNode document) {
        this.document = document;
    }

    /** Skips the test where there is none. */
    static Contract of(String file) {
        assumeTrue(
                Files.isRegularFile(FOLDER.resolve(file)),
                "no " + file + " in " + FOLDER + " (set -D" + SHARED + "): answers are not held against it");
        return ALL.computeIfAbsent(file, Contract::load);
    }

    private static Contract load(String file) {
        try {
            ObjectMapper mapper = file.endsWith("json") ? new ObjectMapper() : new YAMLMapper();
            ObjectNode document =
                    (ObjectNode) mapper.readTree(FOLDER.resolve(file).toFile());
            allowNulls(document);
            return new Contract(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code nullable} is OpenAPI 3.0; some of these documents say that they are 3.1, and use it all the same. */
    private static void allowNulls(JsonNode node) {
        node.forEach(Contract::allowNulls);
        if (node instanceof ObjectNode object && object.path("nullable").asBoolean()) {
            if (object.get("enum") instanceof ArrayNode values) {
                values.addNull();
            }
            JsonNode plain = object.deepCopy();
            ((ObjectNode) plain).remove("nullable");
            object.removeAll();
            object.putArray("anyOf").add(plain).addObject().put("type", "null");
        }
    }

    /** That a value is as the schema of this name, or at this pointer, says. */
    void assertValid(String schema, JsonNode value) {
        String pointer = schema.startsWith("/") ? schema : "/components/schemas/" + schema;
        assertThat(document.at(pointer).isMissingNode()).as(pointer).isFalse();
        ObjectNode whole = document.deepCopy();
        whole.put("$ref", "#" + pointer);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(whole, STRICT)
                        .validate(value))
                .as(value.toString())
                .isEmpty();
    }
}
