package org.caravox.door.openai;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * In which form a transcript is wanted.
 *
 * @param format   OpenAI's {@code response_format}
 * @param words    whether each word with its times is wanted
 * @param segments whether each utterance with its times is wanted
 * @param streamed whether it is wanted in events
 */
record TranscriptForm(Format format, boolean words, boolean segments, boolean streamed) {

    /** OpenAI's {@code response_format}. */
    enum Format {
        JSON,
        TEXT,
        SRT,
        VERBOSE_JSON,
        VTT,
        DIARIZED_JSON;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Format of(String word) {
            return Arrays.stream(values())
                    .filter(format -> format.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new WrongField(
                            "response_format",
                            "response_format must be one of "
                                    + Arrays.stream(values()).map(Format::word).collect(Collectors.joining(", "))));
        }
    }

    private static final String GRANULARITIES = "timestamp_granularities";
    private static final int LONGEST = 32;

    /** Reads it, and whether its parts go together. */
    static TranscriptForm of(FormFields fields) {
        String word = fields.text("response_format", LONGEST);
        Format format = word == null ? Format.JSON : Format.of(word);
        List<String> granularities = fields.all(GRANULARITIES);
        if (!List.of("word", "segment").containsAll(granularities)) {
            throw new WrongField(GRANULARITIES, GRANULARITIES + " must be word, segment or both");
        }
        if (!granularities.isEmpty() && format != Format.VERBOSE_JSON) {
            throw new WrongField(GRANULARITIES, GRANULARITIES + " needs response_format verbose_json");
        }
        boolean streamed = fields.flag("stream");
        if (streamed && format != Format.JSON && format != Format.TEXT && format != Format.DIARIZED_JSON) {
            throw new WrongField(
                    "stream",
                    "stream needs response_format json, text or diarized_json: " + format.word() + " is not streamed");
        }
        return new TranscriptForm(
                format,
                granularities.contains("word"),
                granularities.isEmpty() || granularities.contains("segment"),
                streamed);
    }

    /** Whether the speakers must be told apart. */
    boolean diarized() {
        return format == Format.DIARIZED_JSON;
    }
}
