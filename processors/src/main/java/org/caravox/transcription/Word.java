package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A word that was heard.
 *
 * @param word       as the provider spells it
 * @param start      seconds from the start of the recording
 * @param end        seconds from the start of the recording
 * @param confidence 0 to 1; null where the provider does not tell
 * @param punctuated the word with its capitals and punctuation; null where the provider does not tell it apart
 * @param speaker    from 0, one for each voice on the channel; null without diarization
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Word(
        String word,
        double start,
        double end,
        @Nullable Double confidence,
        @Nullable String punctuated,
        @Nullable Integer speaker) {

    public Word(String word, double start, double end, double confidence) {
        this(word, start, end, confidence, null, null);
    }

    /** As one writes it: punctuated where the provider tells. */
    String written() {
        return punctuated != null ? punctuated : word;
    }
}
