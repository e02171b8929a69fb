package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as its owner sees it.
 *
 * @param jobId           the id of the request that made it
 * @param status          where it stands
 * @param userId          the tenant's own user
 * @param priority        0 to 9, higher first
 * @param attempts        how often it has been begun
 * @param error           why it failed, or why its last attempt did
 * @param fault           whose doing that was: {@code caller} or {@code hub}
 * @param batchId         the batch that it belongs to
 * @param item            what the batch calls it
 * @param messageId       what the message that made it was called
 * @param progressSeconds how much of the recording has been heard
 * @param audioSeconds    how long the recording is, if known
 * @param transcriptUrl   the path of its transcript, once there is one
 * @param webhook         how its webhook stands: {@code waiting} for the job to end, {@code pending}, {@code delivered}, {@code failed}; null without one
 * @param createdAt       when it was asked for
 * @param startedAt       when its last attempt began
 * @param nextAttemptAt   when it is tried again, while it waits for that
 * @param endedAt         when it ended
 * @param failures        the attempts that failed, oldest first, those before a replay too; null when there are none, or in lists
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
        UUID jobId,
        JobStatus status,
        String userId,
        int priority,
        int attempts,
        @Nullable String error,
        @Nullable String fault,
        @Nullable UUID batchId,
        @Nullable String item,
        @Nullable String messageId,
        double progressSeconds,
        @Nullable Double audioSeconds,
        @Nullable String transcriptUrl,
        @Nullable String webhook,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant endedAt,
        @Nullable List<FailedAttempt> failures) {

    Job with(List<FailedAttempt> failed) {
        return new Job(
                jobId,
                status,
                userId,
                priority,
                attempts,
                error,
                fault,
                batchId,
                item,
                messageId,
                progressSeconds,
                audioSeconds,
                transcriptUrl,
                webhook,
                createdAt,
                startedAt,
                nextAttemptAt,
                endedAt,
                failed.isEmpty() ? null : failed);
    }
}
