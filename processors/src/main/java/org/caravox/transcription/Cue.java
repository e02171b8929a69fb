package org.caravox.transcription;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A piece of a transcript that is shown at a time as a subtitle: it ends with a pause, or when it is as much as one can
 * read. The sizes are those of common subtitling guidelines: two lines of 42 characters, seven seconds.
 */
record Cue(int channel, double start, double end, String text) {

    private static final int MOST_CHARACTERS = 84;
    private static final double MOST_SECONDS = 7;
    private static final double PAUSE_SECONDS = 0.7;

    /** The cues of all channels, in order of time. */
    static List<Cue> of(Transcript transcript) {
        return transcript.channels().stream()
                .flatMap(channel -> cues(channel).stream())
                .sorted(Comparator.comparingDouble(Cue::start).thenComparingInt(Cue::channel))
                .toList();
    }

    private static List<Cue> cues(Transcript.Channel channel) {
        List<Cue> cues = new ArrayList<>();
        List<Word> open = new ArrayList<>();
        for (Word word : channel.words()) {
            if (!open.isEmpty() && isFull(open, word)) {
                cues.add(cue(channel, open));
                open.clear();
            }
            open.add(word);
        }
        if (!open.isEmpty()) {
            cues.add(cue(channel, open));
        }
        return cues;
    }

    private static boolean isFull(List<Word> open, Word next) {
        int characters =
                open.stream().mapToInt(word -> word.word().length() + 1).sum();
        return characters + next.word().length() > MOST_CHARACTERS
                || next.end() - open.get(0).start() > MOST_SECONDS
                || next.start() - open.get(open.size() - 1).end() > PAUSE_SECONDS;
    }

    private static Cue cue(Transcript.Channel channel, List<Word> words) {
        return new Cue(
                channel.channel(),
                words.get(0).start(),
                words.get(words.size() - 1).end(),
                words.stream().map(Word::word).collect(Collectors.joining(" ")));
    }
}
