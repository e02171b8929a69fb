package org.caravox.jobs;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that came in by a queue and could not become a job.
 *
 * @param id        names it here
 * @param tenant    whose it is; null when that could not be told
 * @param source    {@code rabbitmq} or {@code kafka}
 * @param origin    the queue or the topic that it came from
 * @param messageId what its sender calls it; null when it did not say
 * @param headers   its headers, as JSON
 * @param body      its body, as it came
 * @param at        when it was refused
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record RefusedMessage(
        UUID id,
        @Nullable String tenant,
        String source,
        String origin,
        @Nullable String messageId,
        String headers,
        byte[] body,
        Instant at) {}
