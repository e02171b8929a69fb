package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was said in a recording, as it is stored and answered.
 *
 * @param id         the id of the request that it answers
 * @param userId     the tenant's own user
 * @param mode       how it was asked for
 * @param provider   who transcribed it
 * @param model      with what
 * @param language   BCP 47 tag of the language
 * @param duration   seconds of audio
 * @param confidence the mean of its words' confidences, 0 to 1; 0 when nothing was said; null where the provider does
 *                   not tell
 * @param transcript all that was said, in order of time, over all channels
 * @param channels   what was said on each channel
 * @param utterances the same by speaker's turn, in order of time
 * @param insights   what was wished beyond the words, by option, in the provider's own form; null when nothing was
 * @param warnings   what was asked for and not done, in sentences; null when all was done
 * @param cached     true when it is that of the same recording of before; null otherwise
 * @param metadata   the caller's own JSON
 * @param createdAt  when it was made
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Transcript(
        UUID id,
        String userId,
        Mode mode,
        String provider,
        String model,
        String language,
        double duration,
        @Nullable Double confidence,
        String transcript,
        List<Channel> channels,
        List<Line> utterances,
        @Nullable JsonNode insights,
        @Nullable List<String> warnings,
        @Nullable Boolean cached,
        @Nullable JsonNode metadata,
        Instant createdAt) {

    /**
     * What was said on one channel.
     *
     * @param channel    from 0
     * @param label      {@code mono}; {@code left} and {@code right} of two; {@code channel 3} and so on of more
     * @param transcript all its words
     * @param confidence their mean, 0 to 1; null where the provider does not tell
     * @param words      each by itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Channel(
            int channel, String label, String transcript, @Nullable Double confidence, List<Word> words) {}

    /** One utterance without its words, which stand with their channel. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Line(int channel, double start, double end, String transcript, @Nullable Integer speaker) {}

    /** Puts a provider's answer and the request that it answers together. */
    public static Transcript of(
            TranscriptionRequest request, Mode mode, Heard heard, List<String> warnings, Instant now) {
        return of(request.id(), request.userId(), mode, request.metadata(), heard, warnings, now);
    }

    /** The same for what was asked for in another way. */
    public static Transcript of(
            UUID id,
            String userId,
            Mode mode,
            @Nullable JsonNode metadata,
            Heard heard,
            List<String> warnings,
            Instant now) {
        List<Utterance> inTime = heard.utterances().stream()
                .sorted(Comparator.comparingDouble(Utterance::start).thenComparingInt(Utterance::channel))
                .toList();
        return new Transcript(
                id,
                userId,
                mode,
                heard.provider(),
                heard.model(),
                heard.language(),
                heard.duration().toMillis() / 1000.0,
                meanConfidence(inTime),
                inTime.stream().map(Utterance::transcript).collect(Collectors.joining(" ")),
                IntStream.range(0, heard.channels())
                        .mapToObj(channel -> channel(channel, heard.channels(), inTime))
                        .toList(),
                inTime.stream()
                        .map(u -> new Line(u.channel(), u.start(), u.end(), u.transcript(), u.speaker()))
                        .toList(),
                heard.insights(),
                warnings.isEmpty() ? null : List.copyOf(warnings),
                null,
                metadata,
                now);
    }

    /** The same as the answer to another request for the same recording. */
    Transcript again(TranscriptionRequest request, Mode otherMode, Instant now) {
        return new Transcript(
                request.id(),
                request.userId(),
                otherMode,
                provider,
                model,
                language,
                duration,
                confidence,
                transcript,
                channels,
                utterances,
                insights,
                warnings,
                true,
                request.metadata(),
                now);
    }

    /** Whether no provider was asked for it. */
    @JsonIgnore
    public boolean wasCached() {
        return Boolean.TRUE.equals(cached);
    }

    private static Channel channel(int channel, int of, List<Utterance> inTime) {
        List<Utterance> own = inTime.stream()
                .filter(utterance -> utterance.channel() == channel)
                .toList();
        List<Word> words =
                own.stream().flatMap(utterance -> utterance.words().stream()).toList();
        String text = own.stream().map(Utterance::transcript).collect(Collectors.joining(" "));
        return new Channel(channel, label(channel, of), text, meanConfidence(own), words);
    }

    private static String label(int channel, int of) {
        if (of == 1) {
            return "mono";
        }
        if (of == 2) {
            return channel == 0 ? "left" : "right";
        }
        return "channel " + (channel + 1);
    }

    private static @Nullable Double meanConfidence(List<Utterance> said) {
        OptionalDouble mean = said.stream()
                .flatMap(utterance -> utterance.words().stream())
                .map(Word::confidence)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        if (mean.isEmpty()) {
            return said.isEmpty() ? 0.0 : null;
        }
        return Math.round(mean.getAsDouble() * 10_000) / 10_000.0;
    }
}
