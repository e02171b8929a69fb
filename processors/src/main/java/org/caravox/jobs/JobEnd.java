package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.caravox.transcription.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended, as webhooks and queues are told: names as in the answers of {@code /transcribe} and {@code /jobs}.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobEnd(
        UUID jobId,
        String status,
        @Nullable String userId,
        @Nullable String transcript,
        @Nullable String transcriptId,
        @Nullable Double duration,
        @Nullable Double confidence,
        @Nullable String language,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String error,
        @Nullable JsonNode metadata) {

    /** @param made the transcript; null when it ended without one */
    static JobEnd of(
            UUID id,
            String status,
            @Nullable String userId,
            @Nullable Transcript made,
            @Nullable String error,
            @Nullable JsonNode metadata) {
        return made == null
                ? new JobEnd(id, status, userId, null, null, null, null, null, null, null, error, metadata)
                : new JobEnd(
                        id,
                        status,
                        userId,
                        made.transcript(),
                        id.toString(),
                        made.duration(),
                        made.confidence(),
                        made.language(),
                        made.provider(),
                        made.model(),
                        error,
                        metadata);
    }
}
