package org.caravox.live.vosk;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.caravox.live.LiveEar;
import org.caravox.live.Phrase;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.transcription.vosk.ChannelEar;
import org.jspecify.annotations.Nullable;

/** One channel of a stream: what its recognizer tells becomes phrases. For one thread at a time. */
final class HeardChannel {

    /** A word may have begun so long before the recognizer tells of it. */
    private static final double UNNOTICED_SECONDS = 1.5;

    /** An utterance ends once it has been silent for longer than that. */
    private static final double SILENT_SECONDS = 0.4;

    /** Words show up about so long after they began. */
    private static final double LATE_SECONDS = 0.6;

    /** What does not change is told again after this, as a sign of life. */
    private static final double AGAIN_SECONDS = 2;

    private final int number;
    private final ChannelEar ear;
    private double settledUntil;
    private double begun;
    private double toldAt;
    private String partial = "";

    HeardChannel(int number, ChannelEar ear) {
        this.number = number;
        this.ear = ear;
    }

    int number() {
        return number;
    }

    void hear(byte[] pcm, List<Consumer<LiveEar>> told) throws IOException {
        if (pcm.length == 0) {
            return;
        }
        boolean ended = ear.hear(pcm, pcm.length);
        double now = ear.position();
        List<Utterance> utterances = ear.take();
        if (ended && !utterances.isEmpty()) {
            double lastWord = utterances.get(utterances.size() - 1).end();
            tell(utterances, Math.max(lastWord, now - SILENT_SECONDS), true, false, told);
        } else {
            seems(ear.partial(), now, told);
        }
    }

    /** Settles what is open, here and now. */
    void settle(boolean asked, List<Consumer<LiveEar>> told) throws IOException {
        ear.settle();
        tell(ear.take(), ear.position(), !asked, asked, told);
    }

    private void tell(
            List<Utterance> utterances, double until, boolean endpoint, boolean asked, List<Consumer<LiveEar>> told) {
        List<Word> words = utterances.stream()
                .flatMap(utterance -> utterance.words().stream())
                .toList();
        Phrase phrase = new Phrase(
                number,
                settledUntil,
                until - settledUntil,
                utterances.stream().map(Utterance::transcript).collect(Collectors.joining(" ")),
                confidence(words),
                words,
                true,
                endpoint,
                asked);
        told.add(listener -> listener.heard(phrase));
        settledUntil = until;
        partial = "";
    }

    private static @Nullable Double confidence(List<Word> words) {
        return words.isEmpty()
                ? null
                : words.stream()
                        .map(Word::confidence)
                        .collect(Collectors.averagingDouble(one -> one == null ? 0 : one));
    }

    private void seems(String words, double now, List<Consumer<LiveEar>> told) {
        if (words.isEmpty()) {
            partial = "";
            double quietUntil = now - UNNOTICED_SECONDS;
            if (quietUntil > settledUntil) {
                settledUntil = quietUntil;
                told.add(listener -> listener.reached(number, quietUntil));
            }
            return;
        }
        if (partial.isEmpty()) {
            begun = Math.max(settledUntil, now - LATE_SECONDS);
        }
        if (words.equals(partial) && now - toldAt < AGAIN_SECONDS) {
            return;
        }
        partial = words;
        toldAt = now;
        Phrase phrase = new Phrase(number, begun, now - begun, words, null, List.of(), false, false, false);
        told.add(listener -> listener.heard(phrase));
    }
}
