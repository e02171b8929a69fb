package org.caravox.jobs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * A message that somebody put into a queue.
 *
 * @param broker  who brought it
 * @param origin  the queue or the topic
 * @param headers those that the hub reads, by their names in lower case
 * @param body    all of it
 */
public record QueueMessage(Broker broker, String origin, Map<String, String> headers, ByteBuffer body) {

    public QueueMessage {
        headers = Map.copyOf(headers);
        body = body.asReadOnlyBuffer();
    }

    /** A header; what is empty counts as missing. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).filter(value -> !value.isEmpty());
    }

    /** The body as bytes, at most so many. */
    public byte[] bytes(int most) {
        byte[] bytes = new byte[Math.min(most, body.remaining())];
        body.duplicate().get(bytes);
        return bytes;
    }

    /** The whole body as text; what is not UTF-8 is replaced. */
    public String text() {
        return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }
}
