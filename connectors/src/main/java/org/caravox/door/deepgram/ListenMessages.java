package org.caravox.door.deepgram;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.caravox.live.LiveEvent;
import org.caravox.live.Phrase;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a live stream's client gets, as Deepgram's AsyncAPI document has them. Where it requires a number that
 * a provider does not tell, a confidence, it is 0. A model goes by its name, and its provider is its {@code arch}.
 */
final class ListenMessages {

    private ListenMessages() {}

    @JsonNaming(SnakeCaseStrategy.class)
    record Results(
            String type,
            List<Integer> channelIndex,
            double duration,
            double start,
            boolean isFinal,
            boolean speechFinal,
            boolean fromFinalize,
            Channel channel,
            About metadata) {}

    record Channel(List<Alternative> alternatives) {}

    record Alternative(String transcript, double confidence, List<Spoken> words) {}

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Spoken(
            String word,
            double start,
            double end,
            double confidence,
            @Nullable String punctuatedWord,
            @Nullable Integer speaker) {

        static Spoken of(Word word) {
            return new Spoken(
                    word.word(),
                    word.start(),
                    word.end(),
                    orNone(word.confidence()),
                    word.punctuated(),
                    word.speaker());
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record About(String requestId, ModelInfo modelInfo, String modelUuid) {}

    record ModelInfo(String name, String version, String arch) {}

    record SpeechStarted(String type, List<Integer> channel, double timestamp) {

        static SpeechStarted of(LiveEvent.SpeechStarted event) {
            return new SpeechStarted("SpeechStarted", List.of(event.channel(), event.channels()), event.at());
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record UtteranceEnd(String type, List<Integer> channel, double lastWordEnd) {

        static UtteranceEnd of(LiveEvent.UtteranceEnd event) {
            return new UtteranceEnd("UtteranceEnd", List.of(event.channel(), event.channels()), event.lastWordEnd());
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record Metadata(
            String type,
            String transactionKey,
            String requestId,
            String sha256,
            String created,
            double duration,
            int channels) {

        static Metadata of(UUID id, String sha256, Instant created, double duration, int channels) {
            return new Metadata(
                    "Metadata",
                    "deprecated",
                    id.toString(),
                    sha256,
                    created.truncatedTo(ChronoUnit.MILLIS).toString(),
                    duration,
                    channels);
        }
    }

    static Results results(UUID id, LiveEvent.Heard heard) {
        Phrase phrase = heard.phrase();
        return new Results(
                "Results",
                List.of(phrase.channel(), heard.channels()),
                phrase.duration(),
                phrase.start(),
                phrase.settled(),
                phrase.endpoint(),
                phrase.asked(),
                new Channel(List.of(new Alternative(
                        phrase.transcript(),
                        orNone(phrase.confidence()),
                        phrase.words().stream().map(Spoken::of).toList()))),
                new About(
                        id.toString(),
                        new ModelInfo(heard.model(), "", heard.provider()),
                        UUID.nameUUIDFromBytes(
                                        (heard.provider() + "/" + heard.model()).getBytes(StandardCharsets.UTF_8))
                                .toString()));
    }

    private static double orNone(@Nullable Double confidence) {
        return confidence == null ? 0 : confidence;
    }
}
