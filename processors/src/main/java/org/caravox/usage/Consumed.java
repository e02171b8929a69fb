package org.caravox.usage;

import java.time.Duration;

/**
 * How much a request took of what providers charge for.
 *
 * @param audio        that was transcribed
 * @param inputTokens  that a language model read
 * @param outputTokens that it wrote
 * @param characters   that were spoken, as Unicode code points
 * @param counted      whether the figures are the provider's or exact; otherwise they are an estimate
 */
public record Consumed(Duration audio, long inputTokens, long outputTokens, long characters, boolean counted) {

    public static Consumed audio(Duration audio) {
        return new Consumed(audio, 0, 0, 0, true);
    }

    public static Consumed tokens(long input, long output, boolean counted) {
        return new Consumed(Duration.ZERO, input, output, 0, counted);
    }

    public static Consumed characters(String text) {
        return new Consumed(Duration.ZERO, 0, 0, text.codePointCount(0, text.length()), true);
    }
}
