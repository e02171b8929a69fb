package org.caravox.transcription.vosk;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the embedded recognizer runs.
 *
 * @param archive    the model as it is distributed: a zip that holds {@code assets/model-en-us}
 * @param cache      the folder into which it is unpacked, once
 * @param repeatable whether the same audio must give the same words: no dither, at about one point of word error rate
 * @param decoders   how many recognizers compute at a time, at least 1: more than there are cores gains nothing
 * @param callers    how many requests with a caller waiting may be under way at a time, at least 1
 * @param patience   how long such a request may wait for its turn before it is told that the hub is busy
 */
public record VoskSettings(Path archive, Path cache, boolean repeatable, int decoders, int callers, Duration patience) {

    public VoskSettings {
        if (decoders < 1) {
            throw new IllegalArgumentException("caravox.vosk.decoders must be at least 1, was " + decoders);
        }
        if (callers < 1) {
            throw new IllegalArgumentException("caravox.vosk.callers must be at least 1, was " + callers);
        }
    }
}
