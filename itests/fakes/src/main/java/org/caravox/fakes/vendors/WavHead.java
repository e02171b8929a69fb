package org.caravox.fakes.vendors;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * What the beginning of a recording tells.
 *
 * @param channels 1 if it is no WAV
 * @param seconds  0 if it is no WAV
 */
record WavHead(int channels, double seconds) {

    private static final int HEADER_BYTES = 44;

    /** Reads the canonical header of 44 bytes; another length of it makes a few milliseconds. */
    static WavHead of(Buffer audio, long bytes) {
        if (audio.length() < HEADER_BYTES
                || !tag(audio, 0).equals("RIFF")
                || !tag(audio, 8).equals("WAVE")) {
            return new WavHead(1, 0);
        }
        int bytesPerSecond = Math.max(1, audio.getIntLE(28));
        double seconds = Math.round((bytes - HEADER_BYTES) * 1000.0 / bytesPerSecond) / 1000.0;
        return new WavHead(Math.max(1, audio.getUnsignedShortLE(22)), seconds);
    }

    private static String tag(Buffer audio, int at) {
        return audio.getString(at, at + 4, StandardCharsets.ISO_8859_1.name());
    }
}
