package org.caravox.jobs;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to a broker.
 *
 * @param seq         its place in the outbox
 * @param id          the event's id, the same however often it is sent
 * @param type        like {@code job.completed}
 * @param destination the topic or the queue
 * @param key         what its reader knows it by: the job's id, or what the sender of a message chose; null is nothing
 * @param body        JSON
 */
public record Outgoing(long seq, UUID id, String type, String destination, @Nullable String key, String body) {}
