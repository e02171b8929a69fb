package org.caravox.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.caravox.providers.Use;
import org.jspecify.annotations.Nullable;

/**
 * What a provider charges. Transcription has a price by audio, dialogue by tokens, speech by characters.
 *
 * @param provider               its name in the settings
 * @param model                  one of its models; {@code *} is all that have no price of their own
 * @param perAudioMinute         0 or more; null unless it is for transcription
 * @param perMillionInputTokens  0 or more; null unless it is for dialogue
 * @param perMillionOutputTokens 0 or more; null unless it is for dialogue
 * @param perMillionCharacters   0 or more; null unless it is for speech
 */
public record Price(
        Use use,
        String provider,
        String model,
        @Nullable BigDecimal perAudioMinute,
        @Nullable BigDecimal perMillionInputTokens,
        @Nullable BigDecimal perMillionOutputTokens,
        @Nullable BigDecimal perMillionCharacters) {

    /** For all models that have no price of their own. */
    public static final String ANY = "*";

    /** How many digits of a cost are kept behind the point. */
    static final int SCALE = 12;

    private static final BigDecimal MS_OF_A_MINUTE = BigDecimal.valueOf(60_000);

    public Price {
        check(use, "per-audio-minute", perAudioMinute, use == Use.TRANSCRIPTION || use == Use.LIVE);
        check(use, "per-million-input-tokens", perMillionInputTokens, use == Use.DIALOGUE);
        check(use, "per-million-output-tokens", perMillionOutputTokens, use == Use.DIALOGUE);
        check(use, "per-million-characters", perMillionCharacters, use == Use.SPEECH);
    }

    private static void check(Use use, String name, @Nullable BigDecimal amount, boolean wanted) {
        if (wanted && (amount == null || amount.signum() < 0)) {
            throw new IllegalArgumentException("needs " + name + ", 0 or more, was " + amount);
        }
        if (!wanted && amount != null) {
            throw new IllegalArgumentException("has " + name + ", which is not what " + use.word() + " is charged by");
        }
    }

    /** What it charges for that, exact to 12 digits behind the point. */
    BigDecimal of(Consumed consumed) {
        BigDecimal minutes =
                BigDecimal.valueOf(consumed.audio().toMillis()).divide(MS_OF_A_MINUTE, SCALE, RoundingMode.HALF_UP);
        return part(perAudioMinute, minutes)
                .add(part(perMillionInputTokens, millions(consumed.inputTokens())))
                .add(part(perMillionOutputTokens, millions(consumed.outputTokens())))
                .add(part(perMillionCharacters, millions(consumed.characters())))
                .setScale(SCALE, RoundingMode.HALF_UP)
                .stripTrailingZeros();
    }

    private static BigDecimal part(@Nullable BigDecimal price, BigDecimal amount) {
        return price == null ? BigDecimal.ZERO : price.multiply(amount);
    }

    private static BigDecimal millions(long count) {
        return BigDecimal.valueOf(count, 6);
    }
}
