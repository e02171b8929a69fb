package org.caravox.usage;

import java.time.Duration;

/**
 * What a request is taken to use at most, for its budget, where it does not tell.
 *
 * @param audio        the length of a recording, over 0
 * @param outputTokens the length of a message, over 0
 */
public record Assumed(Duration audio, long outputTokens) {

    public Assumed {
        if (audio.isZero() || audio.isNegative()) {
            throw new IllegalArgumentException("caravox.usage.assume-audio must be over 0, was " + audio);
        }
        if (outputTokens <= 0) {
            throw new IllegalArgumentException(
                    "caravox.usage.assume-output-tokens must be over 0, was " + outputTokens);
        }
    }
}
