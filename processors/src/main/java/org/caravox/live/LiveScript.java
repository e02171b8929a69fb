package org.caravox.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;

/** What was said in a stream, as it is settled: phrases up to a speaker's pause become an utterance. */
final class LiveScript {

    /** How much a provider heard. */
    record Part(Hearer hearer, Duration audio) {}

    /**
     * All that is needed to go on with it.
     *
     * @param open settled phrases without a pause behind them
     */
    record Standing(List<Utterance> utterances, List<Phrase> open, List<Part> heardBy) {}

    private final List<Utterance> utterances = new ArrayList<>();
    private final Map<Integer, List<Phrase>> open = new LinkedHashMap<>();
    private final Map<Hearer, Duration> heardBy = new LinkedHashMap<>();

    Standing standing() {
        return new Standing(
                List.copyOf(utterances),
                open.values().stream().flatMap(List::stream).toList(),
                heardBy.entrySet().stream()
                        .map(one -> new Part(one.getKey(), one.getValue()))
                        .toList());
    }

    /** Goes on where another one was. */
    void goOn(Standing from) {
        utterances.addAll(from.utterances());
        from.open().forEach(phrase -> open.computeIfAbsent(phrase.channel(), none -> new ArrayList<>())
                .add(phrase));
        from.heardBy().forEach(part -> heardBy(part.hearer(), part.audio()));
    }

    /** Takes a settled phrase; gives the utterance that it ends, if it ends one with words in it. */
    Optional<Utterance> add(Phrase phrase) {
        List<Phrase> phrases = open.computeIfAbsent(phrase.channel(), none -> new ArrayList<>());
        if (!phrase.isSilence()) {
            phrases.add(phrase);
        }
        return phrase.endpoint() ? close(phrase.channel()) : Optional.empty();
    }

    private Optional<Utterance> close(int channel) {
        List<Phrase> phrases = open.remove(channel);
        if (phrases == null || phrases.isEmpty()) {
            return Optional.empty();
        }
        List<Word> words =
                phrases.stream().flatMap(phrase -> phrase.words().stream()).toList();
        Utterance utterance = new Utterance(
                channel,
                words.isEmpty() ? phrases.get(0).start() : words.get(0).start(),
                words.isEmpty()
                        ? phrases.get(phrases.size() - 1).end()
                        : words.get(words.size() - 1).end(),
                phrases.stream().map(Phrase::transcript).collect(Collectors.joining(" ")),
                words.isEmpty() ? null : words.get(0).speaker(),
                words);
        utterances.add(utterance);
        return Optional.of(utterance);
    }

    /** Ends what is still open; gives what that ended. */
    List<Utterance> end() {
        return List.copyOf(open.keySet()).stream()
                .flatMap(channel -> close(channel).stream())
                .toList();
    }

    /** A provider has heard so much. */
    void heardBy(Hearer hearer, Duration audio) {
        heardBy.merge(hearer, audio, Duration::plus);
    }

    /** Who heard how much. */
    Map<Hearer, Duration> hearers() {
        return Map.copyOf(heardBy);
    }

    /** All of it, under the name of the last provider. */
    Heard heard(Hearer last, String language, Duration duration, int channels) {
        return new Heard(last.provider(), last.model(), language, duration, channels, utterances);
    }
}
