package org.caravox.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** A request's body, when it is JSON: an object, each of its names once, nothing behind it. */
public final class JsonBody {

    private static final int LARGEST = 1024 * 1024;
    private static final long MOST_TOKENS = 500_000;
    private static final int DEEPEST = 200;
    private static final String SENT = JsonBody.class.getName();
    private static final String TAKEN = SENT + ".taken";

    /** A tree takes far more memory than its text: some bodies of few bytes would not fit. */
    private static final JsonFactory BOUNDED = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(MOST_TOKENS)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .build();

    private JsonBody() {}

    /**
     * Reads it.
     *
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    public static Map<String, JsonNode> fields(HttpServletRequest http, ObjectMapper json) throws IOException {
        return kept(http, fields(read(http, strict(json), LARGEST)));
    }

    /**
     * Reads one that may as well be empty: then it has no fields.
     *
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    public static Map<String, JsonNode> optionalFields(HttpServletRequest http, ObjectMapper json) throws IOException {
        byte[] body = bytes(http, LARGEST + 1);
        return body.length == 0 ? Map.of() : kept(http, fields(body, json));
    }

    /** Reads a body before somebody works on it who must not wait for its sender. */
    static void take(HttpServletRequest http) throws IOException {
        http.setAttribute(TAKEN, bytes(http, LARGEST + 1));
    }

    private static Map<String, JsonNode> kept(HttpServletRequest http, Map<String, JsonNode> fields) {
        http.setAttribute(SENT, fields);
        return fields;
    }

    /** The fields that were read from a request; none when it has none, or has not been read. */
    @SuppressWarnings("unchecked") // nobody else writes this attribute
    static Map<String, JsonNode> sent(HttpServletRequest http) {
        return http.getAttribute(SENT) instanceof Map<?, ?> fields ? (Map<String, JsonNode>) fields : Map.of();
    }

    /**
     * Reads the fields of a body that came another way than over HTTP.
     *
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    public static Map<String, JsonNode> fields(byte[] body, ObjectMapper json) throws IOException {
        return fields(read(body, strict(json), LARGEST));
    }

    private static ObjectReader strict(ObjectMapper json) {
        return reader(json)
                .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    }

    private static Map<String, JsonNode> fields(ObjectNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    /** A reader of trees of bounded size that accepts nothing behind them. */
    public static ObjectReader reader(ObjectMapper json) {
        return json.readerFor(JsonNode.class).with(BOUNDED).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * Reads a body as a tree.
     *
     * @param json one of {@link #reader}
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    public static ObjectNode read(HttpServletRequest http, ObjectReader json, int largestBytes) throws IOException {
        return read(bytes(http, largestBytes + 1), json, largestBytes);
    }

    private static ObjectNode read(byte[] body, ObjectReader json, int largestBytes) throws IOException {
        if (body.length > largestBytes) {
            throw new Refusal(Refusal.Reason.TOO_LARGE, "the JSON is larger than " + largestBytes + " bytes");
        }
        if (parse(body, json) instanceof ObjectNode object) {
            return object;
        }
        throw new Refusal(Refusal.Reason.MALFORMED, "the body must be a JSON object");
    }

    /** The body, or its first {@code most} bytes; no more memory is taken than it has bytes, when it says how many. */
    private static byte[] bytes(HttpServletRequest http, int most) throws IOException {
        if (http.getAttribute(TAKEN) instanceof byte[] taken) {
            return Arrays.copyOf(taken, Math.min(taken.length, most));
        }
        int told = http.getContentLength();
        return http.getInputStream().readNBytes(told < 0 ? most : Math.min(told, most));
    }

    private static JsonNode parse(byte[] body, ObjectReader json) throws IOException {
        try {
            return json.readTree(body);
        } catch (StreamConstraintsException e) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE,
                    "the JSON is too large to be read: it may have " + MOST_TOKENS + " names, values and brackets, "
                            + DEEPEST + " levels, and numbers of " + StreamReadConstraints.DEFAULT_MAX_NUM_LEN
                            + " digits",
                    null,
                    e);
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
