package org.caravox.live;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.stream.Collectors;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/**
 * What was heard in a stretch of one channel.
 *
 * @param channel    from 0
 * @param start      seconds, where the stretch begins
 * @param duration   seconds
 * @param transcript its words, joined; empty when nothing was said
 * @param confidence 0 to 1; null where the provider does not tell
 * @param words      its words; none where the provider does not tell them apart
 * @param settled    whether it will not change: false is an interim phrase, which the next one of the channel replaces
 * @param endpoint   whether the speaker paused after it
 * @param asked      whether it is settled because that was asked for
 */
public record Phrase(
        int channel,
        double start,
        double duration,
        String transcript,
        @Nullable Double confidence,
        List<Word> words,
        boolean settled,
        boolean endpoint,
        boolean asked) {

    /** Times are kept to the millisecond. */
    public Phrase {
        start = milliseconds(start);
        duration = milliseconds(duration);
        words = List.copyOf(words);
    }

    /** Seconds, where the stretch ends. */
    public double end() {
        return start + duration;
    }

    @JsonIgnore
    public boolean isSilence() {
        return transcript.isBlank();
    }

    /** The same, so many seconds later; less than 0 is earlier, but not before the beginning. */
    public Phrase later(double seconds) {
        return seconds == 0
                ? this
                : with(
                        Math.max(0, start + seconds),
                        end() + seconds - Math.max(0, start + seconds),
                        transcript,
                        words.stream()
                                .map(word -> new Word(
                                        word.word(),
                                        milliseconds(word.start() + seconds),
                                        milliseconds(word.end() + seconds),
                                        word.confidence(),
                                        word.punctuated(),
                                        word.speaker()))
                                .toList());
    }

    /** Only what was said after a time: a word that lies across it is taken to belong where its middle is. */
    Phrase after(double seconds) {
        if (start >= seconds || words.isEmpty()) {
            return this;
        }
        List<Word> rest = words.stream()
                .filter(word -> (word.start() + word.end()) / 2 > seconds)
                .toList();
        String text = rest.size() == words.size()
                ? transcript
                : rest.stream()
                        .map(word -> word.punctuated() != null ? word.punctuated() : word.word())
                        .collect(Collectors.joining(" "));
        double from = Math.min(seconds, end());
        return with(from, end() - from, text, rest);
    }

    /** The same, settled because that was asked for, or not. */
    Phrase asked(boolean isAsked) {
        return asked == isAsked
                ? this
                : new Phrase(channel, start, duration, transcript, confidence, words, settled, endpoint, isAsked);
    }

    private Phrase with(double newStart, double newDuration, String text, List<Word> newWords) {
        return new Phrase(channel, newStart, newDuration, text, confidence, newWords, settled, endpoint, asked);
    }

    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }
}
