package org.caravox.fakes;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words that are heard on one channel: as time passes, or in the audio itself. For one thread. */
abstract class LiveWords {

    /** A word and its time, in seconds. */
    record Word(String text, double start, double end) {}

    final Deque<Word> words = new ArrayDeque<>();

    /** A word every 300 ms: those of a text, or {@code word1 word2 ...} without end. */
    static LiveWords timed(@Nullable String text) {
        return new Timed(text);
    }

    /** Samples of the value n are the word {@code wordn}; of 0, silence: so that whoever hears it says the same. */
    static LiveWords counted(int sampleRateHz, int channels, int channel) {
        return new Counted(sampleRateHz, channels, channel);
    }

    /** Audio comes, as 16-bit samples; so many bytes came before. */
    void hear(Buffer audio, long before) {}

    /** So much has come. */
    void until(double position) {}

    /** The words that have ended and are not forgotten. */
    List<Word> heard(double until) {
        return words.stream().filter(word -> word.end() <= until).toList();
    }

    void forget(double until) {
        words.removeIf(word -> word.end() <= until);
    }

    private static final class Timed extends LiveWords {
        private static final double EVERY = 0.3;
        private static final double LENGTH = 0.25;
        private final String @Nullable [] text;
        private int next;

        Timed(@Nullable String text) {
            this.text = text == null ? null : text.strip().split("\\s+", -1);
        }

        @Override
        void until(double position) {
            while (next * EVERY + LENGTH <= position && (text == null || next < text.length)) {
                String word = text == null ? "word" + (next + 1) : text[next];
                words.add(new Word(word, next * EVERY, next * EVERY + LENGTH));
                next++;
            }
        }
    }

    private static final class Counted extends LiveWords {
        private static final int LOOKS_A_SECOND = 100;
        private final int step;
        private final int offset;
        private final double bytesPerSecond;
        private int value;
        private double since;

        Counted(int sampleRateHz, int channels, int channel) {
            this.step = sampleRateHz / LOOKS_A_SECOND * 2 * channels;
            this.offset = 2 * channel;
            this.bytesPerSecond = 2.0 * sampleRateHz * channels;
        }

        @Override
        void hear(Buffer audio, long before) {
            int at = (int) ((step - before % step) % step) + offset;
            for (; at + 1 < audio.length(); at += step) {
                look(audio.getShortLE(at), (before + at - offset) / bytesPerSecond);
            }
        }

        private void look(int heard, double at) {
            if (heard == value) {
                return;
            }
            if (value != 0) {
                words.add(new Word("word" + value, since, at));
            }
            value = heard;
            since = at;
        }
    }
}
