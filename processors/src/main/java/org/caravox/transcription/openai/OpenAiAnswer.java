package org.caravox.transcription.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.providers.JsonCalls;
import org.caravox.transcription.Option;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;

/**
 * Reads what is answered as {@code json} (the text, perhaps how many seconds were billed) or {@code verbose_json} (also
 * words and segments); times are seconds. There is no confidence.
 */
final class OpenAiAnswer {

    private static final String UNKNOWN_LANGUAGE = "und";
    private static final Map<String, String> TAGS = Stream.of(Locale.getISOLanguages())
            .collect(Collectors.toUnmodifiableMap(
                    tag -> Locale.forLanguageTag(tag)
                            .getDisplayLanguage(Locale.ENGLISH)
                            .toLowerCase(Locale.ROOT),
                    Function.identity(),
                    (one, other) -> one));

    private final JsonCalls calls;
    private final JsonNode answer;
    private final String text;

    /** @throws org.caravox.providers.ProviderFailure GARBAGE when there is no text */
    OpenAiAnswer(JsonCalls calls, JsonNode answer) {
        this.calls = calls;
        this.answer = answer;
        this.text = calls.text(answer, "text");
    }

    /** How much was heard, where it says so. */
    Optional<Duration> duration() {
        return Stream.of(answer.path("duration"), answer.at("/usage/seconds"))
                .filter(seconds -> !seconds.isMissingNode() && !seconds.isNull())
                .map(JsonNode::asDouble) // Whisper servers of old told it as a text
                .filter(seconds -> seconds > 0)
                .findFirst()
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /** OpenAI tells the language by its English name, others by its tag. */
    String language(TranscriptionRequest request) {
        String wanted = request.language();
        if (wanted != null && !request.options().has(Option.DETECT_LANGUAGE)) {
            return wanted;
        }
        String told = answer.path("language").asText().toLowerCase(Locale.ROOT);
        return told.length() == 2 ? told : TAGS.getOrDefault(told, UNKNOWN_LANGUAGE);
    }

    /** By segment, whose words have no punctuation; else by pauses between words; else all in one. */
    List<Utterance> utterances(Duration duration) {
        List<Word> words = words();
        JsonNode segments = answer.path("segments");
        if (segments.isArray() && !segments.isEmpty()) {
            return bySegment(segments, words);
        }
        if (!words.isEmpty()) {
            return Utterance.ofWords(0, words);
        }
        return text.isBlank()
                ? List.of()
                : List.of(new Utterance(0, 0, duration.toMillis() / 1000.0, text.strip(), List.of()));
    }

    private List<Word> words() {
        List<Word> words = new ArrayList<>();
        for (JsonNode word : answer.path("words")) {
            words.add(new Word(
                    calls.text(word, "word").strip(),
                    calls.number(word, "start"),
                    calls.number(word, "end"),
                    null,
                    null,
                    null));
        }
        return words;
    }

    /** A word belongs to the segment in which it begins, and none gets lost between two. */
    private List<Utterance> bySegment(JsonNode segments, List<Word> words) {
        List<Utterance> utterances = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < segments.size(); i++) {
            JsonNode segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            double next = last ? Double.MAX_VALUE : calls.number(segments.get(i + 1), "start");
            int to = from;
            while (to < words.size() && words.get(to).start() < next) {
                to++;
            }
            String said = calls.text(segment, "text").strip();
            if (!said.isEmpty() || to > from) {
                utterances.add(new Utterance(
                        0,
                        calls.number(segment, "start"),
                        calls.number(segment, "end"),
                        said,
                        words.subList(from, to)));
            }
            from = to;
        }
        return utterances;
    }
}
