package org.caravox.routes.seen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Message;
import org.caravox.publishing.RoutesSeen;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a message: no more than {@value #MOST} characters of its body, and none of it when it is a stream.
 * Masked when somebody looks, not before: most messages nobody looks at.
 *
 * @param of      the type of its body; null for none
 * @param body    its beginning, as a text or as bytes; null when it is neither
 * @param length  how long it was
 * @param headers those that are texts or numbers
 */
record Texts(@Nullable Class<?> of, @Nullable Object body, int length, Map<String, String> headers) {

    static final int MOST = 4 * 1024;
    private static final int LONGEST_HEADER = 256;

    /** As it is, without a look into what is neither text nor bytes. */
    static Texts of(Message message) {
        Object body = message.getBody();
        Class<?> type = body == null ? null : body.getClass();
        if (body instanceof String text) {
            return new Texts(type, cut(text), text.length(), headers(message));
        }
        if (body instanceof byte[] bytes) {
            return new Texts(
                    type, bytes.length > MOST ? Arrays.copyOf(bytes, MOST) : bytes, bytes.length, headers(message));
        }
        return new Texts(type, null, 0, headers(message));
    }

    /** The same, with values of the hub's own as JSON. */
    static Texts of(Message message, ObjectMapper json) {
        Texts texts = of(message);
        Object body = message.getBody();
        if (texts.body() != null || !(body instanceof Record || body instanceof Map)) {
            return texts;
        }
        try {
            String text = json.writeValueAsString(body);
            return new Texts(texts.of(), cut(text), text.length(), texts.headers());
        } catch (JsonProcessingException e) {
            return texts;
        }
    }

    /** About how much memory it takes. */
    int size() {
        int size = 64 + (body == null ? 0 : 2 * Math.min(length, MOST));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += 64 + header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    RoutesSeen.Message masked() {
        String text = body instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : (String) body;
        return new RoutesSeen.Message(
                of == null ? "" : of.getSimpleName(),
                text == null ? "" : cut(Masks.body(text, length)),
                Masks.headers(headers));
    }

    private static String cut(String text) {
        return text.length() > MOST ? text.substring(0, MOST) : text;
    }

    private static Map<String, String> headers(Message message) {
        if (!message.hasHeaders()) {
            return Map.of();
        }
        Map<String, String> kept = new HashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                String text = value.toString();
                kept.put(name, text.length() > LONGEST_HEADER ? text.substring(0, LONGEST_HEADER) : text);
            }
        });
        return kept;
    }
}
