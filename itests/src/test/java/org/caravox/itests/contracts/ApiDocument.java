package org.caravox.itests.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.itests.hub.Answer;

/** The hub's OpenAPI document, and whether answers are as it says. */
final class ApiDocument {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final SchemaValidatorsConfig STRICT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    /**
     * Something that the hub does.
     *
     * @param method in upper case
     * @param path   with its parameters in braces
     * @param id     its name, which is its route's
     */
    record Operation(String method, String path, String id) implements Comparable<Operation> {

        @Override
        public int compareTo(Operation other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return method + " " + path + " (" + id + ")";
        }
    }

    private final ObjectNode document;

    ApiDocument(JsonNode document) {
        this.document = (ObjectNode) document;
    }

    /** What needs a key. */
    Set<Operation> operations() {
        Set<Operation> found = all();
        found.removeAll(openOperations());
        return found;
    }

    /** What needs none. */
    Set<Operation> openOperations() {
        Set<Operation> found = all();
        found.removeIf(operation -> !at(operation).path("security").isArray()
                || !at(operation).path("security").isEmpty());
        return found;
    }

    private Set<Operation> all() {
        Set<Operation> found = new TreeSet<>();
        document.get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> METHODS.contains(method.getKey()))
                .forEach(method -> found.add(new Operation(
                        method.getKey().toUpperCase(java.util.Locale.ROOT),
                        path.getKey(),
                        method.getValue().get("operationId").asText()))));
        return found;
    }

    private JsonNode at(Operation operation) {
        return document.at(pointer(operation));
    }

    private static String pointer(Operation operation) {
        return "/paths/" + escape(operation.path()) + "/" + operation.method().toLowerCase(java.util.Locale.ROOT);
    }

    /** RFC 6901. */
    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** That an answer has a status, the headers and a body that the document describes for this operation. */
    void assertDescribes(String operationId, Answer answer) {
        Operation operation = all().stream()
                .filter(candidate -> candidate.id().equals(operationId))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no operation " + operationId));
        String response = resolved(pointer(operation) + "/responses/" + answer.status());
        assertThat(document.at(response).isMissingNode())
                .as("%s answers with %s, which is not described", operation, answer.status())
                .isFalse();
        assertHeaders(document.at(response).path("headers"), answer);
        assertBody(response, answer);
    }

    private void assertHeaders(JsonNode headers, Answer answer) {
        headers.properties().forEach(header -> {
            JsonNode described = header.getValue().has("$ref")
                    ? document.at(header.getValue().get("$ref").asText().substring(1))
                    : header.getValue();
            if (described.path("required").asBoolean()) {
                assertThat(answer.header(header.getKey())).as(header.getKey()).isNotEmpty();
            }
        });
    }

    private void assertBody(String response, Answer answer) {
        String type = answer.header("Content-Type").split(";", 2)[0];
        String content = response + "/content/" + escape(type);
        assertThat(document.at(content).isMissingNode())
                .as("the content type %s is not described", type)
                .isFalse();
        if (type.matches(".*[/+]json")) {
            assertThat(schema(content + "/schema").validate(answer.json()))
                    .as(answer.text())
                    .isEmpty();
        }
    }

    /** Follows the one reference that a response may be. */
    private String resolved(String pointer) {
        JsonNode reference = document.at(pointer).path("$ref");
        return reference.isMissingNode() ? pointer : reference.asText().substring(1);
    }

    private JsonSchema schema(String pointer) {
        ObjectNode whole = document.deepCopy();
        whole.put("$ref", "#" + pointer);
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole, STRICT);
    }

    /** That a value is as a schema under components says. */
    void assertValid(String schema, JsonNode value) {
        assertThat(schema("/components/schemas/" + schema).validate(value))
                .as(value.toString())
                .isEmpty();
    }
}
