package org.caravox.transcription.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.caravox.providers.JsonCalls;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Option;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** Reads what {@code POST /v1/listen} answers: {@code metadata} and {@code results}; times are seconds. */
final class DeepgramAnswer {

    private static final String USUAL_LANGUAGE = "en";
    private static final String SEVERAL_LANGUAGES = "multi";
    private static final String UNKNOWN_LANGUAGE = "und";

    private final JsonCalls calls;
    private final ObjectMapper json;

    DeepgramAnswer(JsonCalls calls, ObjectMapper json) {
        this.calls = calls;
        this.json = json;
    }

    /**
     * What was heard.
     *
     * @param asked the language that was asked for
     * @throws org.caravox.providers.ProviderFailure GARBAGE when it does not say
     */
    Heard heard(String provider, String model, Optional<String> asked, JsonNode answer) {
        JsonNode results = answer.path("results");
        JsonNode channels = results.path("channels");
        if (!channels.isArray() || channels.isEmpty()) {
            throw calls.garbage("answered without results");
        }
        double seconds = calls.number(answer.path("metadata"), "duration");
        List<Utterance> fromWords = new ArrayList<>();
        for (int channel = 0; channel < channels.size(); channel++) {
            fromWords.addAll(channel(channel, channels.get(channel), seconds));
        }
        JsonNode told = results.path("utterances");
        return new Heard(
                provider,
                model,
                language(asked.orElse(USUAL_LANGUAGE), channels.get(0)),
                Duration.ofMillis(Math.round(seconds * 1000)),
                channels.size(),
                told.isArray() && !told.isEmpty() ? utterances(told, channels.size()) : fromWords,
                insights(results, channels));
    }

    private static String language(String asked, JsonNode channel) {
        String detected = channel.path("detected_language").asText();
        if (!detected.isEmpty()) {
            return detected;
        }
        return asked.equals(SEVERAL_LANGUAGES)
                ? channel.at("/alternatives/0/languages/0").asText(UNKNOWN_LANGUAGE)
                : asked;
    }

    private List<Utterance> channel(int channel, JsonNode heard, double seconds) {
        JsonNode best = heard.path("alternatives").path(0);
        String text = calls.text(best, "transcript");
        List<Word> words = DeepgramWords.read(calls, best.path("words"));
        if (words.isEmpty() && !text.isBlank()) {
            return List.of(new Utterance(channel, 0, seconds, text, List.of()));
        }
        return Utterance.ofWords(channel, words);
    }

    private List<Utterance> utterances(JsonNode told, int channels) {
        List<Utterance> utterances = new ArrayList<>();
        for (JsonNode utterance : told) {
            int channel = utterance.path("channel").asInt();
            if (channel < 0 || channel >= channels) {
                throw calls.garbage("answered with an utterance on channel " + channel + " of " + channels);
            }
            List<Word> words = DeepgramWords.read(calls, utterance.path("words"));
            utterances.add(new Utterance(
                    channel,
                    calls.number(utterance, "start"),
                    calls.number(utterance, "end"),
                    calls.text(utterance, "transcript"),
                    DeepgramWords.integer(utterance.path("speaker")),
                    words));
        }
        return utterances;
    }

    /** What is there beside the words, under the names of the options that asked for it. */
    private @Nullable ObjectNode insights(JsonNode results, JsonNode channels) {
        ObjectNode insights = json.createObjectNode();
        put(insights, Option.SUMMARIZE, results.path("summary"));
        put(insights, Option.TOPICS, results.path("topics"));
        put(insights, Option.INTENTS, results.path("intents"));
        put(insights, Option.SENTIMENT, results.path("sentiments"));
        for (int channel = 0; channel < channels.size(); channel++) {
            JsonNode heard = channels.get(channel);
            JsonNode best = heard.path("alternatives").path(0);
            add(insights, Option.SEARCH, channel, heard.path("search"));
            add(insights, Option.ENTITIES, channel, best.path("entities"));
            add(insights, Option.PARAGRAPHS, channel, best.path("paragraphs").path("paragraphs"));
        }
        return insights.isEmpty() ? null : insights;
    }

    private static void put(ObjectNode insights, Option option, JsonNode found) {
        if (found.isContainerNode()) {
            insights.set(option.word(), found);
        }
    }

    /** Each finding says on which channel it is. */
    private static void add(ObjectNode insights, Option option, int channel, JsonNode found) {
        if (!found.isArray()) {
            return;
        }
        ArrayNode all = insights.withArray(option.word());
        for (JsonNode one : found) {
            if (one instanceof ObjectNode object) {
                all.add(object.deepCopy().put("channel", channel));
            }
        }
    }
}
