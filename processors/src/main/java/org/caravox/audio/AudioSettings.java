package org.caravox.audio;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where recordings are kept, and how much of one the hub is ready to take.
 *
 * @param folder       where recordings wait until they are transcribed
 * @param maxBytes     the largest recording, in bytes, uploaded or fetched
 * @param maxDuration  the longest recording, claimed or decoded
 * @param maxChannels  the most channels of a recording, 1 to 32; each is transcribed by itself
 * @param decodeWithin how long reading a recording's header may take
 */
public record AudioSettings(Path folder, long maxBytes, Duration maxDuration, int maxChannels, Duration decodeWithin) {

    public AudioSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("caravox.audio.max-size must be at least 1B, was " + maxBytes + "B");
        }
        if (maxDuration.isNegative() || maxDuration.isZero()) {
            throw new IllegalArgumentException("caravox.audio.max-duration must be over 0, was " + maxDuration);
        }
        if (maxChannels < 1 || maxChannels > 32) {
            throw new IllegalArgumentException("caravox.audio.max-channels must be 1 to 32, was " + maxChannels);
        }
    }

    /** The same for recordings that are kept elsewhere. */
    public AudioSettings in(Path otherFolder) {
        return new AudioSettings(otherFolder, maxBytes, maxDuration, maxChannels, decodeWithin);
    }
}
