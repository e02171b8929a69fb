package org.caravox.jobs;

import java.util.Map;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** How the end of a job is told to callers who came through a door with a form of its own. */
public interface CallbackForm {

    /**
     * What is sent.
     *
     * @param method  {@code POST} or {@code PUT}
     * @param headers besides those that sign it
     * @param body    JSON
     */
    record Call(String method, Map<String, String> headers, String body) {}

    /** The name under which {@link TranscriptionRequest#door} asks for it. */
    String name();

    /**
     * The call for a job that has ended.
     *
     * @param transcript null when it ended without one
     * @param error      why it did; null when nobody knows
     */
    Call call(TranscriptionRequest request, @Nullable Transcript transcript, @Nullable String error);
}
