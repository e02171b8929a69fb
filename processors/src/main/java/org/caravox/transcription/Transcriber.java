package org.caravox.transcription;

import java.io.IOException;
import org.caravox.audio.Recording;
import org.jspecify.annotations.Nullable;

/** A speech-to-text provider. */
public interface Transcriber {

    /** The provider's name in requests, settings and metrics. */
    String provider();

    /** The model that answers when a request names none. */
    String defaultModel();

    /**
     * Whether it can do what is asked, before any work is begun.
     *
     * @throws org.caravox.requests.Refusal INVALID, saying what it can do instead
     */
    void check(@Nullable String model, @Nullable String language);

    /**
     * Transcribes each channel of a recording. Interrupting the thread stops it.
     *
     * @throws ProviderFailure              when the provider is at fault
     * @throws org.caravox.requests.Refusal when the recording is
     * @throws InterruptedException         when the work was called off
     */
    Heard transcribe(Recording recording, TranscriptionRequest request, Listening listening)
            throws IOException, InterruptedException;
}
