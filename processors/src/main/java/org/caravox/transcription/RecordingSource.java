package org.caravox.transcription;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.caravox.audio.Recording;

/** Where the recording of a request is; it is brought here only when a provider needs it here. */
public interface RecordingSource {

    /** Its address, for providers that fetch by themselves; empty for an upload. */
    Optional<URI> url();

    /**
     * The recording's bytes on this hub's disk, as they came; fetched the first time that they are asked for.
     *
     * @throws org.caravox.requests.Refusal when they cannot be had
     */
    Path file() throws IOException, InterruptedException;

    /**
     * The recording on this hub's disk, examined; fetched the first time that it is asked for.
     *
     * @throws org.caravox.requests.Refusal when it cannot be had, or is no recording
     */
    Recording recording() throws IOException, InterruptedException;
}
