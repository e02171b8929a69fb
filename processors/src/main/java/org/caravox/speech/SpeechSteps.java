package org.caravox.speech;

import java.io.IOException;
import org.caravox.providers.Answered;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.jspecify.annotations.Nullable;

/** What routes put to a voice, and what they take from it. */
public final class SpeechSteps {

    /** What all players take. */
    private static final AudioFormat WAV = new AudioFormat(Encoding.LINEAR16, Container.WAV, 16_000);

    /**
     * A text that is to be spoken.
     *
     * @param provider the only one that may speak; blank leaves it to the chain
     * @param voice    blank is the provider's own
     * @param language BCP 47 tag; blank is the voice's own
     */
    public SpeechRequest request(String tenant, @Nullable String text, String provider, String voice, String language) {
        return new SpeechRequest(
                RequestIds.next(),
                tenant,
                orNull(provider),
                null,
                orNull(voice),
                text == null ? "" : text,
                orNull(language),
                null,
                null,
                WAV);
    }

    private static @Nullable String orNull(String text) {
        return text.isBlank() ? null : text;
    }

    /**
     * The whole audio: a WAV file, 16 kHz, 16 bits, one channel.
     *
     * @throws IOException when it breaks off
     */
    public byte[] audio(Answered<Spoken> answered) throws IOException {
        try (Spoken spoken = answered.value()) {
            return spoken.audio().readAllBytes();
        }
    }
}
