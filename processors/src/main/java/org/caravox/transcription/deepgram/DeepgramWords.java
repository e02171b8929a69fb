package org.caravox.transcription.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.caravox.providers.AnswerFields;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** Reads the words that Deepgram tells, alike of recordings and of streams. */
public final class DeepgramWords {

    private DeepgramWords() {}

    /**
     * Reads a list of words.
     *
     * @throws org.caravox.providers.ProviderFailure GARBAGE when they are none
     */
    public static List<Word> read(AnswerFields fields, JsonNode told) {
        List<Word> words = new ArrayList<>(told.size());
        for (JsonNode word : told) {
            JsonNode punctuated = word.path("punctuated_word");
            JsonNode confidence = word.path("confidence");
            words.add(new Word(
                    fields.text(word, "word"),
                    fields.number(word, "start"),
                    fields.number(word, "end"),
                    confidence.isNumber() ? confidence.doubleValue() : null,
                    punctuated.isTextual() ? punctuated.textValue() : null,
                    integer(word.path("speaker"))));
        }
        return words;
    }

    static @Nullable Integer integer(JsonNode node) {
        return node.isIntegralNumber() ? node.intValue() : null;
    }
}
