package org.caravox.jobs;

import java.util.UUID;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that is to become a job. What it is called from outside makes it one job however often it is sent.
 *
 * @param request   what is to be done; its id becomes the job's
 * @param batch     the batch that it belongs to; null is none
 * @param item      what the batch calls it: each once
 * @param messageId what the sender of a queue's message calls it: each once a tenant; null when it came another way
 */
public record Submission(
        TranscriptionRequest request, @Nullable UUID batch, @Nullable String item, @Nullable String messageId) {

    /** A request that came by itself. */
    public static Submission of(TranscriptionRequest request) {
        return new Submission(request, null, null, null);
    }
}
