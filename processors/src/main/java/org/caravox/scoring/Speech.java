package org.caravox.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcript.Channel;
import org.caravox.transcription.Transcript.Line;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/**
 * A transcript as rules look at it: its words in order, each with who said it, when, and where it stands in the text.
 * Where nobody is told apart, everybody's words are anybody's.
 */
final class Speech {

    /**
     * A word.
     *
     * @param text   in lower case
     * @param voice  the channel, or on a single one the speaker, from 0; null where nobody is told apart
     * @param start  seconds from the start of the recording
     * @param offset characters from the start of the transcript
     * @param end    where it ends there
     */
    private record Token(String text, @Nullable Integer voice, double start, int offset, int end) {}

    /** Where a phrase was said. */
    record Match(String quote, double start, int offset) {}

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}\\p{N}]+)*");
    private static final int WORDS_AROUND = 6;
    private static final int LONGEST_QUOTE = 200;

    private final Transcript transcript;
    private final int customer;
    private final boolean told;
    private final List<Token> tokens = new ArrayList<>();

    /** @param customer the channel, or on a single one the speaker, that is the customer's, from 0 */
    Speech(Transcript transcript, int customer) {
        this.transcript = transcript;
        this.customer = customer;
        this.told = transcript.channels().size() > 1
                || transcript.utterances().stream().anyMatch(line -> line.speaker() != null);
        int from = 0;
        for (Line line : transcript.utterances()) {
            int at = Math.max(from, transcript.transcript().indexOf(line.transcript(), from));
            addWords(line, at);
            from = at + line.transcript().length();
        }
    }

    private void addWords(Line line, int at) {
        List<int[]> found = positions(line.transcript());
        List<Word> heard = heard(line);
        for (int i = 0; i < found.size(); i++) {
            int[] word = found.get(i);
            tokens.add(new Token(
                    normal(line.transcript().substring(word[0], word[1])),
                    voice(line),
                    heard.size() == found.size() ? heard.get(i).start() : line.start(),
                    at + word[0],
                    at + word[1]));
        }
    }

    /** The words with their times; not all providers tell them, or tell as many as the text has. */
    private List<Word> heard(Line line) {
        return transcript.channels().stream()
                .filter(channel -> channel.channel() == line.channel())
                .map(Channel::words)
                .flatMap(List::stream)
                .filter(word -> word.start() >= line.start() && word.end() <= line.end())
                .filter(word -> Objects.equals(word.speaker(), line.speaker()))
                .toList();
    }

    private @Nullable Integer voice(Line line) {
        if (!told) {
            return null;
        }
        return transcript.channels().size() > 1 ? Integer.valueOf(line.channel()) : line.speaker();
    }

    private static List<int[]> positions(String text) {
        List<int[]> found = new ArrayList<>();
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            found.add(new int[] {words.start(), words.end()});
        }
        return found;
    }

    private static String normal(String word) {
        return word.toLowerCase(Locale.ROOT).replace('’', '\'');
    }

    /** The words of a phrase, as they are looked for. */
    static List<String> words(String phrase) {
        return positions(phrase).stream()
                .map(word -> normal(phrase.substring(word[0], word[1])))
                .toList();
    }

    /** Where any of these phrases was said, in order; what one has matched, another does not. */
    List<Match> matches(List<List<String>> phrases, Voice by) {
        List<Match> matches = new ArrayList<>();
        int at = 0;
        while (at < tokens.size()) {
            int here = at;
            Optional<List<String>> said = phrases.stream()
                    .filter(phrase -> isSaid(phrase, here, by))
                    .max(java.util.Comparator.comparingInt(List::size));
            said.ifPresent(phrase -> matches.add(match(here, phrase.size())));
            at += said.map(List::size).orElse(1);
        }
        return matches;
    }

    private boolean isSaid(List<String> phrase, int at, Voice by) {
        if (at + phrase.size() > tokens.size()) {
            return false;
        }
        Token first = tokens.get(at);
        for (int i = 0; i < phrase.size(); i++) {
            Token token = tokens.get(at + i);
            if (!token.text().equals(phrase.get(i)) || !Objects.equals(token.voice(), first.voice())) {
                return false;
            }
        }
        return isBy(first.voice(), by);
    }

    private boolean isBy(@Nullable Integer voice, Voice by) {
        return by == Voice.ANYONE || !told || (voice != null && voice == customer) == (by == Voice.CUSTOMER);
    }

    /** The phrase with some words of the same voice around it. */
    private Match match(int at, int words) {
        Token first = tokens.get(at);
        int from = at;
        while (from > 0 && at - from < WORDS_AROUND && sameVoice(from - 1, first)) {
            from--;
        }
        int last = at + words - 1;
        int to = last;
        while (to + 1 < tokens.size() && to - last < WORDS_AROUND && sameVoice(to + 1, first)) {
            to++;
        }
        String quote = transcript
                .transcript()
                .substring(tokens.get(from).offset(), tokens.get(to).end());
        return new Match(
                quote.length() > LONGEST_QUOTE ? quote.substring(0, LONGEST_QUOTE) : quote,
                first.start(),
                first.offset());
    }

    private boolean sameVoice(int at, Token first) {
        return Objects.equals(tokens.get(at).voice(), first.voice());
    }

    /** Seconds of audio. */
    double duration() {
        return transcript.duration();
    }

    /** The customer's share of the time in which somebody spoke, 0 to 1; empty where nobody is told apart. */
    Optional<Double> talkRatio() {
        double all = spoken(transcript.utterances().stream());
        if (!told || all <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                spoken(transcript.utterances().stream().filter(line -> Objects.equals(voice(line), customer))) / all);
    }

    private static double spoken(Stream<Line> lines) {
        return lines.mapToDouble(line -> line.end() - line.start()).sum();
    }
}
