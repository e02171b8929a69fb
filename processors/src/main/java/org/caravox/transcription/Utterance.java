package org.caravox.transcription;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one speaker said between two pauses.
 *
 * @param channel    the channel it was heard on, from 0
 * @param start      seconds from the start of the recording
 * @param end        seconds from the start of the recording
 * @param transcript its words, joined
 * @param speaker    from 0, who said it; null without diarization
 * @param words      its words; none where the provider does not tell them apart
 */
public record Utterance(
        int channel, double start, double end, String transcript, @Nullable Integer speaker, List<Word> words) {

    /** Deepgram's own default. */
    private static final double PAUSE_SECONDS = 0.8;

    /** One whose speaker is not told apart. */
    public Utterance(int channel, double start, double end, String transcript, List<Word> words) {
        this(channel, start, end, transcript, null, words);
    }

    public Utterance {
        words = List.copyOf(words);
    }

    /**
     * The utterances of one channel, for providers that tell words alone: another one begins after a pause, or with
     * another speaker.
     *
     * @param words in order of time
     */
    public static List<Utterance> ofWords(int channel, List<Word> words) {
        List<Utterance> utterances = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= words.size(); at++) {
            if (at == words.size() || isBreak(words.get(at - 1), words.get(at))) {
                utterances.add(ofOne(channel, words.subList(from, at)));
                from = at;
            }
        }
        return utterances;
    }

    private static boolean isBreak(Word word, Word next) {
        return next.start() - word.end() > PAUSE_SECONDS || !Objects.equals(word.speaker(), next.speaker());
    }

    private static Utterance ofOne(int channel, List<Word> words) {
        return new Utterance(
                channel,
                words.get(0).start(),
                words.get(words.size() - 1).end(),
                words.stream().map(Word::written).collect(Collectors.joining(" ")),
                words.get(0).speaker(),
                words);
    }
}
