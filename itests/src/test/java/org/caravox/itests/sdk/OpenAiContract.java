package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.caravox.itests.hub.Project;

/** OpenAI's own OpenAPI document, which is kept beside the project where it is kept at all. */
final class OpenAiContract {

    private static final String SHARED = "caravox.shared";

    private final ObjectNode document;

    private OpenAiContract(ObjectNode document) {
        this.document = document;
    }

    /** Reads it; skips the test where there is none. */
    static OpenAiContract read() throws IOException {
        Path shared = Path.of(
                System.getProperty(SHARED, Project.root().resolve("../shared").toString()));
        Path file = shared.resolve("contracts/openai/openapi.trimmed.yaml");
        assumeTrue(
                Files.isRegularFile(file), "no " + file + " (set -D" + SHARED + "): answers are not held against it");
        ObjectNode document = (ObjectNode) new YAMLMapper().readTree(file.toFile());
        allowNulls(document);
        return new OpenAiContract(document);
    }

    /** {@code nullable} is of OpenAPI 3.0; this document says that it is 3.1, and uses it all the same. */
    private static void allowNulls(JsonNode node) {
        node.forEach(OpenAiContract::allowNulls);
        if (node instanceof ObjectNode object && object.path("nullable").asBoolean()) {
            if (object.get("enum") instanceof ArrayNode values) {
                values.addNull();
            }
            ObjectNode plain = object.deepCopy().without("nullable");
            object.removeAll();
            object.putArray("anyOf").add(plain).addObject().put("type", "null");
        }
    }

    /** That a value is as the schema of this name says. */
    void assertValid(String schema, JsonNode value) {
        assertThat(document.at("/components/schemas/" + schema).isMissingNode())
                .as(schema)
                .isFalse();
        ObjectNode whole = document.deepCopy();
        whole.put("$ref", "#/components/schemas/" + schema);
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(whole)
                        .validate(value))
                .as(value.toString())
                .isEmpty();
    }
}
