package org.caravox.calls;

import java.io.IOException;
import java.io.InputStream;
import org.caravox.requests.Patience;

/** Recordings that are played to callers. */
public interface Sounds {

    /**
     * Opens one, as linear 16-bit little-endian PCM, one channel. May block.
     *
     * @param source a file of the hub's folder of sounds, or an https URL
     * @throws org.caravox.requests.Refusal when there is none, it cannot be had, or is no recording
     */
    InputStream open(String source, int sampleRateHz, Patience patience) throws IOException, InterruptedException;
}
