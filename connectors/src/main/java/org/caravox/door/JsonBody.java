package org.caravox.door;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** A request's body, when it is JSON: an object, each of its names once, nothing behind it. */
public final class JsonBody {

    private static final int LARGEST = 1024 * 1024;

    private JsonBody() {}

    /**
     * Reads it.
     *
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    public static Map<String, JsonNode> fields(HttpServletRequest http, ObjectMapper json) throws IOException {
        byte[] body = bytes(http, LARGEST + 1);
        if (body.length > LARGEST) {
            throw new Refusal(Refusal.Reason.TOO_LARGE, "the JSON is larger than " + LARGEST + " bytes");
        }
        JsonNode tree = parse(body, json);
        if (!tree.isObject()) {
            throw new Refusal(Refusal.Reason.MALFORMED, "the body must be a JSON object");
        }
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        tree.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    /** The body, or its first {@code most} bytes; no more memory is taken than it has bytes, when it says how many. */
    public static byte[] bytes(HttpServletRequest http, int most) throws IOException {
        int told = http.getContentLength();
        return http.getInputStream().readNBytes(told < 0 ? most : Math.min(told, most));
    }

    private static JsonNode parse(byte[] body, ObjectMapper json) throws IOException {
        ObjectReader strict = json.readerFor(JsonNode.class)
                .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        try {
            return strict.readTree(body);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "malformed JSON" + where + ": " + firstLine(e.getOriginalMessage()));
        }
    }

    /** The first line of a library's message, and not too much of it. */
    static String firstLine(@Nullable String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }
}
