package org.caravox.fakes.vendors;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What is heard in a recording: the same words always, a word each 0.3 s.
 *
 * @param channels        the words of each channel, at least one channel
 * @param durationSeconds of the recording, as its WAV header says, else as the words last
 */
record Speech(List<List<Word>> channels, double durationSeconds) {

    private static final double WORD_SECONDS = 0.25;
    private static final double STEP_SECONDS = 0.3;

    /** A word, with its time from the recording's start in seconds. */
    record Word(String text, double start, double end) {}

    /** What is heard in a request's recording, each channel by itself. */
    static Speech channelsOf(Call call, Buffer audio, long audioBytes, int atLeast) {
        WavHead head = WavHead.of(audio, audioBytes);
        int channels = Math.max(atLeast, head.channels());
        return new Speech(words(call, channels), head);
    }

    /** What is heard in a request's recording, all channels in one. */
    static Speech mixed(Call call, Buffer audio, long audioBytes) {
        WavHead head = WavHead.of(audio, audioBytes);
        String text = call.script().orElse(Call.FOX).replace('|', ' ');
        return new Speech(List.of(words(text)), head);
    }

    private Speech(List<List<Word>> channels, WavHead head) {
        this(channels, head.seconds() > 0 ? head.seconds() : end(channels));
    }

    private static List<List<Word>> words(Call call, int channels) {
        String[] texts = call.script().orElse(Call.FOX).split("\\|", -1);
        List<List<Word>> all = new ArrayList<>();
        for (int i = 0; i < channels; i++) {
            all.add(words(texts[i % texts.length]));
        }
        return all;
    }

    private static List<Word> words(String text) {
        List<String> texts = Arrays.stream(text.trim().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
        List<Word> words = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            double start = millis(i * STEP_SECONDS);
            words.add(new Word(texts.get(i), start, millis(start + WORD_SECONDS)));
        }
        return words;
    }

    private static double millis(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    private static double end(List<List<Word>> channels) {
        return channels.stream()
                .flatMap(List::stream)
                .mapToDouble(Word::end)
                .max()
                .orElse(0);
    }

    List<Word> words() {
        return channels.get(0);
    }

    String text() {
        return text(words(), Word::text);
    }

    static String text(List<Word> words, Function<Word, String> written) {
        return String.join(" ", words.stream().map(written).toList());
    }

    static double start(List<Word> words) {
        return words.isEmpty() ? 0 : words.get(0).start();
    }

    static double end(List<Word> words, double otherwise) {
        return words.isEmpty() ? otherwise : words.get(words.size() - 1).end();
    }

    /** The second of two speakers has the second half. */
    static int speaker(int word, int ofWords) {
        return word * 2 < ofWords ? 0 : 1;
    }
}
