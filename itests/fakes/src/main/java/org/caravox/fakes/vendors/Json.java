package org.caravox.fakes.vendors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.UncheckedIOException;
import java.util.Map;

/** JSON as the fakes read and write it. */
final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static JsonNode of(Map<String, ?> content) {
        return MAPPER.valueToTree(content);
    }

    /** What the bytes say; a missing node where that is not JSON. */
    static JsonNode read(Buffer content) {
        try {
            return MAPPER.readTree(content.toString());
        } catch (JsonProcessingException notJson) {
            return MAPPER.missingNode();
        }
    }

    static Buffer write(JsonNode content) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
