package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer.
 *
 * @param status   of HTTP
 * @param headers  without those of the framing
 * @param pieces   of the body, in the order in which they are sent
 * @param streamed whether the length is told beforehand (false), or the body is chunked
 * @param callback what is sent elsewhere afterwards
 */
public record Reply(
        int status, Map<String, String> headers, List<Buffer> pieces, boolean streamed, Optional<Callback> callback) {

    /**
     * A result that is delivered to an address of the caller.
     *
     * @param method  POST or PUT
     * @param url     absolute
     * @param headers beside the content type
     * @param body    JSON
     */
    public record Callback(String method, String url, Map<String, String> headers, Buffer body) {}

    private static Reply of(int status, String type, List<Buffer> pieces, boolean streamed) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!type.isEmpty()) {
            headers.put("Content-Type", type);
        }
        return new Reply(status, headers, pieces, streamed, Optional.empty());
    }

    static Reply json(int status, JsonNode body) {
        return of(status, "application/json", List.of(Json.write(body)), false);
    }

    static Reply text(int status, String type, String body) {
        return of(status, type, List.of(Buffer.buffer(body)), false);
    }

    static Reply empty(int status) {
        return of(status, "", List.of(), false);
    }

    static Reply stream(String type, List<Buffer> pieces) {
        return of(200, type, pieces, true);
    }

    /** Says that it is JSON, and is not. */
    static Reply garbage() {
        return text(200, "application/json", "{\"results\": <html><body>gateway</body>");
    }

    Reply with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    Reply calling(Callback back) {
        return new Reply(status, headers, pieces, streamed, Optional.of(back));
    }

    /** The same, with what a script wants to be different. */
    public Reply changed(Optional<Integer> newStatus, Optional<JsonNode> newBody, Map<String, String> newHeaders) {
        Reply base = newBody.map(body -> scripted(status, body)).orElse(this);
        Map<String, String> all = new LinkedHashMap<>(base.headers);
        newHeaders.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            all.put(name, value);
        });
        return new Reply(newStatus.orElse(status), all, base.pieces, base.streamed, base.callback);
    }

    private static Reply scripted(int status, JsonNode body) {
        return body.isTextual() ? text(status, "text/plain", body.textValue()) : json(status, body);
    }

    /** Length of the body. */
    public long bytes() {
        return pieces.stream().mapToLong(Buffer::length).sum();
    }
}
