package org.caravox.door.deepgram;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/**
 * A transcript as Deepgram answers it. What the provider does not tell is left out: {@code confidence},
 * {@code punctuated_word}, {@code speaker}; {@code confidence} is 0 where nothing was said. {@code sha256} is empty where the
 * recording was given by its address. A model goes by its name, also where Deepgram has a UUID.
 *
 * @param metadata about the request
 * @param results  what was said
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListenBody(Metadata metadata, Results results) {

    /** About the request; {@code warnings} says what was asked for and not done. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Metadata(
            String transactionKey,
            String requestId,
            String sha256,
            String created,
            double duration,
            int channels,
            List<String> models,
            Map<String, ModelInfo> modelInfo,
            @Nullable JsonNode tags,
            @Nullable JsonNode extra,
            @Nullable List<Warning> warnings) {}

    /** Who transcribed. */
    record ModelInfo(String name, String provider) {}

    /** One thing that was asked for and not done. */
    record Warning(String type, String message) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Results(
            List<Channel> channels,
            @Nullable List<Said> utterances,
            @Nullable JsonNode summary,
            @Nullable JsonNode topics,
            @Nullable JsonNode intents,
            @Nullable JsonNode sentiments) {}

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Channel(
            List<Alternative> alternatives, @Nullable String detectedLanguage, @Nullable List<JsonNode> search) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Alternative(
            String transcript,
            @Nullable Double confidence,
            List<Spoken> words,
            @Nullable Paragraphs paragraphs,
            @Nullable List<JsonNode> entities) {}

    /** Sentences by paragraph, and the same as one text. */
    record Paragraphs(String transcript, List<JsonNode> paragraphs) {

        static @Nullable Paragraphs of(@Nullable List<JsonNode> paragraphs) {
            return paragraphs == null
                    ? null
                    : new Paragraphs(
                            paragraphs.stream().map(Paragraphs::text).collect(Collectors.joining("\n\n")), paragraphs);
        }

        private static String text(JsonNode paragraph) {
            return String.join(" ", paragraph.path("sentences").findValuesAsText("text"));
        }
    }

    /** A word. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Spoken(
            String word,
            double start,
            double end,
            @Nullable Double confidence,
            @Nullable String punctuatedWord,
            @Nullable Integer speaker) {

        static Spoken of(Word word) {
            return new Spoken(
                    word.word(), word.start(), word.end(), word.confidence(), word.punctuated(), word.speaker());
        }
    }

    /** An utterance. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Said(
            UUID id,
            double start,
            double end,
            @Nullable Double confidence,
            int channel,
            String transcript,
            List<Spoken> words,
            @Nullable Integer speaker) {}

    private static final double SAME_SECONDS = 0.001;

    static ListenBody of(TranscriptionRequest request, Transcript made, ListenNotes notes) {
        List<Channel> channels = channels(request.options(), made);
        return new ListenBody(
                metadata(request, made, notes, channels.size()),
                new Results(
                        channels,
                        request.options().has(Option.UTTERANCES) ? utterances(request, made) : null,
                        insight(made, Option.SUMMARIZE),
                        insight(made, Option.TOPICS),
                        insight(made, Option.INTENTS),
                        insight(made, Option.SENTIMENT)));
    }

    private static Metadata metadata(TranscriptionRequest request, Transcript made, ListenNotes notes, int channels) {
        JsonNode kept = request.metadata();
        return new Metadata(
                "deprecated",
                made.id().toString(),
                notes.sha256(),
                created(made.createdAt()),
                made.duration(),
                channels,
                List.of(made.model()),
                Map.of(made.model(), new ModelInfo(made.model(), made.provider())),
                kept == null ? null : kept.get("tags"),
                kept == null ? null : kept.get("extra"),
                warnings(made, notes));
    }

    private static String created(Instant at) {
        return at.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).toString();
    }

    private static @Nullable List<Warning> warnings(Transcript made, ListenNotes notes) {
        List<Warning> warnings = new ArrayList<>();
        sentences(made, notes).forEach(sentence -> warnings.add(new Warning("not_honoured", sentence)));
        return warnings.isEmpty() ? null : warnings;
    }

    /** What was asked for and not done, by whoever noticed it. */
    static List<String> sentences(Transcript made, ListenNotes notes) {
        List<String> sentences = new ArrayList<>(notes.warnings());
        if (made.warnings() != null) {
            sentences.addAll(made.warnings());
        }
        return sentences;
    }

    /** One for each channel only when that is asked for, as at Deepgram; otherwise all are one. */
    private static List<Channel> channels(Options wished, Transcript made) {
        String detected = detected(wished, made);
        if (wished.has(Option.MULTICHANNEL) || made.channels().size() == 1) {
            return made.channels().stream()
                    .map(channel -> channel(
                            made,
                            channel.channel(),
                            channel.transcript(),
                            channel.confidence(),
                            channel.words(),
                            detected))
                    .toList();
        }
        List<Word> words = made.channels().stream()
                .flatMap(channel -> channel.words().stream())
                .sorted(Comparator.comparingDouble(Word::start))
                .toList();
        return List.of(channel(made, 0, made.transcript(), made.confidence(), words, detected));
    }

    private static Channel channel(
            Transcript made,
            int channel,
            String transcript,
            @Nullable Double confidence,
            List<Word> words,
            @Nullable String detected) {
        Alternative best = new Alternative(
                transcript,
                confidence,
                words.stream().map(Spoken::of).toList(),
                Paragraphs.of(insights(made, Option.PARAGRAPHS, channel)),
                insights(made, Option.ENTITIES, channel));
        return new Channel(List.of(best), detected, insights(made, Option.SEARCH, channel));
    }

    private static @Nullable JsonNode insight(Transcript made, Option option) {
        return made.insights() == null ? null : made.insights().get(option.word());
    }

    /** Those of one channel, which each of them names. */
    private static @Nullable List<JsonNode> insights(Transcript made, Option option, int channel) {
        JsonNode found = insight(made, option);
        return found == null
                ? null
                : StreamSupport.stream(found.spliterator(), false)
                        .filter(one -> one.path("channel").asInt() == channel)
                        .map(ListenBody::withoutChannel)
                        .toList();
    }

    private static JsonNode withoutChannel(JsonNode one) {
        return one instanceof ObjectNode object ? object.deepCopy().without("channel") : one;
    }

    /** The language, if somebody detected it. */
    private static @Nullable String detected(Options wished, Transcript made) {
        boolean ignored = made.warnings() != null
                && made.warnings().stream()
                        .anyMatch(warning -> warning.startsWith("option " + Option.DETECT_LANGUAGE.word() + " "));
        return wished.has(Option.DETECT_LANGUAGE) && !ignored ? made.language() : null;
    }

    private static List<Said> utterances(TranscriptionRequest request, Transcript made) {
        boolean apart = request.options().has(Option.MULTICHANNEL);
        List<Said> said = new ArrayList<>();
        for (Transcript.Line line : made.utterances()) {
            List<Word> words = words(made, line);
            said.add(new Said(
                    UUID.nameUUIDFromBytes((made.id() + "/" + said.size()).getBytes(StandardCharsets.US_ASCII)),
                    line.start(),
                    line.end(),
                    confidence(words),
                    apart ? line.channel() : 0,
                    line.transcript(),
                    words.stream().map(Spoken::of).toList(),
                    line.speaker()));
        }
        return said;
    }

    private static List<Word> words(Transcript made, Transcript.Line line) {
        return made.channels().stream()
                .filter(channel -> channel.channel() == line.channel())
                .flatMap(channel -> channel.words().stream())
                .filter(word -> word.start() >= line.start() - SAME_SECONDS && word.end() <= line.end() + SAME_SECONDS)
                .toList();
    }

    private static @Nullable Double confidence(List<Word> words) {
        OptionalDouble mean = words.stream()
                .map(Word::confidence)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        return mean.isPresent() ? Math.round(mean.getAsDouble() * 10_000) / 10_000.0 : null;
    }
}
