package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Work that was given up: a job that failed, or a message that could not become one.
 *
 * @param id         the job's, or the message's own
 * @param kind       which of the two
 * @param tenant     whose it is, for operators; null for tenants, and when it could not be told
 * @param reason     why it was given up
 * @param fault      whose doing that was: {@code caller} or {@code hub}
 * @param attempts   how often it was tried, over all replays
 * @param firstError what went wrong first
 * @param lastError  what went wrong last
 * @param userId     the tenant's own user
 * @param batchId    the batch that the job belongs to
 * @param item       what the batch calls it
 * @param messageId  what the sender of the message calls it
 * @param source     where a message came from: {@code rabbitmq} or {@code kafka}
 * @param origin     the queue or the topic of a message
 * @param webhook    how a job's webhook stands
 * @param createdAt  when it was asked for
 * @param failedAt   when it was given up
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetter(
        UUID id,
        Kind kind,
        @Nullable String tenant,
        String reason,
        String fault,
        int attempts,
        FailedAttempt firstError,
        FailedAttempt lastError,
        @Nullable String userId,
        @Nullable UUID batchId,
        @Nullable String item,
        @Nullable String messageId,
        @Nullable String source,
        @Nullable String origin,
        @Nullable String webhook,
        Instant createdAt,
        Instant failedAt) {

    /** What it is that was given up. */
    public enum Kind {
        JOB,
        MESSAGE;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Reads the word.
         *
         * @throws Refusal INVALID, listing what is allowed
         */
        public static Kind of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> Refusal.invalid("kind \"" + word + "\" is not known: use "
                            + Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(", "))));
        }
    }

    /** Names a dead letter that is none any more. */
    public record Name(UUID id, Kind kind) {}
}
