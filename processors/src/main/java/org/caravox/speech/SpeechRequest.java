package org.caravox.speech;

import java.util.Optional;
import java.util.UUID;
import org.caravox.providers.Request;
import org.jspecify.annotations.Nullable;

/**
 * A text that is to be spoken.
 *
 * @param id           names the request
 * @param tenant       whose it is
 * @param provider     the only provider that may speak; null leaves it to the chain
 * @param model        null is the provider's default
 * @param voice        as the caller names it; null is the provider's default
 * @param text         plain text, not empty
 * @param language     BCP 47 tag; null is the voice's own
 * @param speed        1 is normal, 0.25 to 4; null is normal
 * @param instructions how to say it, in words; null is as usual
 * @param format       the form of the audio
 */
public record SpeechRequest(
        UUID id,
        String tenant,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String voice,
        String text,
        @Nullable String language,
        @Nullable Double speed,
        @Nullable String instructions,
        AudioFormat format)
        implements Request {

    /** The same in another form. */
    public SpeechRequest in(AudioFormat other) {
        return other.equals(format)
                ? this
                : new SpeechRequest(id, tenant, provider, model, voice, text, language, speed, instructions, other);
    }

    /** The speed, where it is another than normal. */
    public Optional<Double> otherSpeed() {
        return Optional.ofNullable(speed).filter(value -> value != 1);
    }
}
