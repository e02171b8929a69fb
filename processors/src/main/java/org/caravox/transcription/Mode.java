package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;

/** How a caller gets a transcript: in the answer, as a job to come back for, or word by word on a live stream. */
public enum Mode {
    SYNC,
    ASYNC,
    STREAM;

    /** The word for it in requests, answers and routes. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws Refusal INVALID, listing what is allowed
     */
    public static Mode of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("mode \"" + word + "\" is not known: use "
                        + Arrays.stream(values()).map(Mode::word).collect(Collectors.joining(", "))));
    }
}
