package org.caravox.speech;

import java.io.IOException;
import java.io.InputStream;

/**
 * Audio as it is being spoken; its first bytes are there. Whoever has it closes it, and a close before its end stops the
 * provider. A read that fails says that the rest will not come: what was read so far must not be passed off as whole.
 *
 * @param provider who speaks
 * @param model    with what
 * @param format   the form of the bytes
 * @param audio    the bytes
 * @param cached   whether it was spoken before, and costs nothing now
 */
public record Spoken(String provider, String model, AudioFormat format, InputStream audio, boolean cached)
        implements AutoCloseable {

    /** Audio that is being spoken now. */
    public Spoken(String provider, String model, AudioFormat format, InputStream audio) {
        this(provider, model, format, audio, false);
    }

    @Override
    public void close() throws IOException {
        audio.close();
    }
}
