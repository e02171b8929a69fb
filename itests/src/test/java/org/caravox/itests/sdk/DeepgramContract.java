package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.caravox.itests.hub.Project;

/** Deepgram's OpenAPI document, which is kept beside the project where it is kept at all. */
final class DeepgramContract {

    private static final Path FILE =
            Project.root().resolveSibling("shared").resolve("contracts/deepgram/openapi.trimmed.yaml");

    private static final Path LIVE = FILE.resolveSibling("asyncapi.yml");

    private DeepgramContract() {}

    /** Skips the test where there is none. */
    static void assumePresent() {
        assumeTrue(
                Files.isRegularFile(FILE),
                "no Deepgram contract in ../shared/contracts: answers are not held against it");
    }

    /** That a value is as a schema under components says. */
    static void assertValid(String schema, JsonNode value) {
        assertValid(FILE, schema, value);
    }

    /** The same of a message of a live stream. */
    static void assertValidLive(String schema, JsonNode message) {
        assertValid(LIVE, schema, message);
    }

    private static void assertValid(Path file, String schema, JsonNode value) {
        ObjectNode document = read(file);
        document.put("$ref", "#/components/schemas/" + schema);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(
                                document,
                                SchemaValidatorsConfig.builder()
                                        .formatAssertionsEnabled(true)
                                        .build())
                        .validate(value))
                .as(value.toString())
                .isEmpty();
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) new YAMLMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
