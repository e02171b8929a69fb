package org.caravox.posts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.caravox.deliveries.Signatures;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** Posts messages to addresses, signed as Standard Webhooks are. */
public final class HttpSteps {

    private final Posts posts;
    private final ObjectMapper json;

    public HttpSteps(Posts posts, ObjectMapper json) {
        this.posts = posts;
        this.json = json;
    }

    /**
     * Posts a message as JSON.
     *
     * @param url     http or https, not in a private network unless the settings allow it
     * @param message text is sent as it is, anything else as JSON
     * @param secret  the name of the secret ({@code whsec_...}) that signs it; blank: it is not signed
     * @param within  how long it may take in all
     * @return what was answered: JSON as maps and lists, other text as it is, empty text for nothing
     * @throws org.caravox.requests.Refusal               when it may work another time
     * @throws org.caravox.deliveries.ParkedDelivery      when the other side refuses it
     * @throws IllegalStateException                      when the secret is missing or cannot sign
     */
    public Object post(String url, @Nullable Object message, String secret, Duration within)
            throws InterruptedException {
        byte[] body = bytes(message);
        Map<String, String> headers = new HashMap<>(Map.of("Accept", "application/json"));
        if (!secret.isBlank()) {
            headers.putAll(signed(secret, body));
        }
        return read(posts.post("the url of http-post", url, body, headers, within));
    }

    private Map<String, String> signed(String secret, byte[] body) {
        String id = "msg_" + RequestIds.next().toString().replace("-", "");
        Instant now = posts.clock().instant();
        String key = posts.secret(secret);
        try {
            String signature = Signatures.of(List.of(key), false, id, now, new String(body, StandardCharsets.UTF_8));
            return Map.of(
                    "webhook-id", id,
                    "webhook-timestamp", Long.toString(now.getEpochSecond()),
                    "webhook-signature", signature);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalStateException(
                    "the secret " + secret + " cannot sign: it must be whsec_ and 24 to 64 bytes in base64", e);
        }
    }

    private byte[] bytes(@Nullable Object message) {
        if (message instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (message instanceof byte[] bytes) {
            return bytes;
        }
        try {
            return json.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("http-post cannot send the message: it cannot be written as JSON", e);
        }
    }

    private Object read(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return "";
        }
        try {
            return json.readValue(body, Object.class);
        } catch (IOException e) {
            return text;
        }
    }
}
