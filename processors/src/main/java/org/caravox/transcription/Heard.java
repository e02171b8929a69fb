package org.caravox.transcription;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider's answer.
 *
 * @param provider   who heard it
 * @param model      with what
 * @param language   BCP 47 tag of the language
 * @param duration   of the audio that was heard
 * @param channels   how many channels the recording had
 * @param utterances what was said, in any order
 * @param insights   what was wished beyond the words, by option, in the provider's own form: a summary, topics ...; null
 *                   when nothing was
 */
public record Heard(
        String provider,
        String model,
        String language,
        Duration duration,
        int channels,
        List<Utterance> utterances,
        @Nullable JsonNode insights) {

    /** Words alone. */
    public Heard(
            String provider,
            String model,
            String language,
            Duration duration,
            int channels,
            List<Utterance> utterances) {
        this(provider, model, language, duration, channels, utterances, null);
    }

    public Heard {
        utterances = List.copyOf(utterances);
    }
}
