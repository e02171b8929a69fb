package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;

/** What a caller may wish of a transcript, beyond its words. The words for them are Deepgram's, where it has one. */
public enum Option {
    /** The same recording may be answered from a transcript of before: the hub's business, not the providers'. */
    CACHE,
    DETECT_LANGUAGE,
    DIARIZE,
    DICTATION,
    ENTITIES,
    FILLER_WORDS,
    INTENTS,
    KEYTERM,
    KEYWORDS,
    MEASUREMENTS,
    MULTICHANNEL,
    NUMERALS,
    PARAGRAPHS,
    PROFANITY_FILTER,
    PROMPT,
    PUNCTUATE,
    REDACT,
    REPLACE,
    SEARCH,
    SENTIMENT,
    SMART_FORMAT,
    SUMMARIZE,
    TEMPERATURE,
    TOPICS,
    UTTERANCES,
    UTT_SPLIT;

    /** The word for it in requests, settings and warnings. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Option> find(String word) {
        return Arrays.stream(values())
                .filter(option -> option.word().equals(word))
                .findFirst();
    }

    /**
     * Reads the word.
     *
     * @throws Refusal INVALID, listing what is allowed
     */
    @JsonCreator
    public static Option of(String word) {
        return find(word)
                .orElseThrow(() -> Refusal.invalid("option \"" + word + "\" is not known: use "
                        + Arrays.stream(values()).map(Option::word).collect(Collectors.joining(", "))));
    }

    /** Whether leaving it out could do harm that a warning does not mend: what should have been hidden is in plain text. */
    public boolean mustBeHonoured() {
        return this == REDACT;
    }
}
