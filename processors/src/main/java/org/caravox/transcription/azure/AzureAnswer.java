package org.caravox.transcription.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.caravox.providers.JsonCalls;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a fast transcription answers: phrases, with times in milliseconds. Their confidence is that of the whole
 * phrase and is not made up for its words.
 */
final class AzureAnswer {

    private static final int MOST_CHANNELS = 2;

    private final JsonCalls calls;
    private final Map<Integer, Integer> speakers = new HashMap<>();

    AzureAnswer(JsonCalls calls) {
        this.calls = calls;
    }

    /**
     * What was heard.
     *
     * @param locale the language where the answer tells none
     * @throws org.caravox.providers.ProviderFailure GARBAGE when it does not say
     */
    Heard heard(String provider, String model, String locale, JsonNode answer) {
        JsonNode phrases = answer.path("phrases");
        if (!phrases.isArray()) {
            throw calls.garbage("answered without phrases");
        }
        checkNothingIsMissing(answer, phrases);
        double millis = calls.number(answer, "durationMilliseconds");
        List<Utterance> utterances = new ArrayList<>();
        for (JsonNode phrase : phrases) {
            if (!calls.text(phrase, "text").isBlank()) {
                utterances.add(utterance(phrase));
            }
        }
        return new Heard(
                provider,
                model,
                phrases.path(0).path("locale").asText(locale),
                Duration.ofMillis(Math.round(millis)),
                channels(answer),
                utterances);
    }

    /** No phrases is silence, unless the text as a whole tells otherwise. */
    private void checkNothingIsMissing(JsonNode answer, JsonNode phrases) {
        boolean saidSomething = StreamSupport.stream(
                        answer.path("combinedPhrases").spliterator(), false)
                .anyMatch(whole -> !whole.path("text").asText().isBlank());
        if (phrases.isEmpty() && saidSomething) {
            throw calls.garbage("answered a text without its phrases");
        }
    }

    private int channels(JsonNode answer) {
        int channels = 1;
        for (JsonNode whole : answer.path("combinedPhrases")) {
            channels = Math.max(channels, channel(whole) + 1);
        }
        for (JsonNode phrase : answer.path("phrases")) {
            channels = Math.max(channels, channel(phrase) + 1);
        }
        return channels;
    }

    private int channel(JsonNode node) {
        int channel = node.path("channel").asInt();
        if (channel < 0 || channel >= MOST_CHANNELS) {
            throw calls.garbage("answered with channel " + channel + " of two");
        }
        return channel;
    }

    private Utterance utterance(JsonNode phrase) {
        Integer speaker = speaker(phrase.path("speaker"));
        double start = start(phrase);
        return new Utterance(
                channel(phrase),
                start,
                end(phrase, start),
                phrase.path("text").asText(),
                speaker,
                StreamSupport.stream(phrase.path("words").spliterator(), false)
                        .map(word -> word(word, speaker))
                        .collect(Collectors.toList()));
    }

    private Word word(JsonNode word, @Nullable Integer speaker) {
        double start = start(word);
        return new Word(calls.text(word, "text"), start, end(word, start), null, null, speaker);
    }

    /** Numbered from 0 in the order in which they begin to speak. */
    private @Nullable Integer speaker(JsonNode told) {
        return told.isIntegralNumber() ? speakers.computeIfAbsent(told.intValue(), number -> speakers.size()) : null;
    }

    private double start(JsonNode node) {
        return Math.round(calls.number(node, "offsetMilliseconds")) / 1000.0;
    }

    private double end(JsonNode node, double start) {
        return Math.round(start * 1000 + calls.number(node, "durationMilliseconds")) / 1000.0;
    }
}
