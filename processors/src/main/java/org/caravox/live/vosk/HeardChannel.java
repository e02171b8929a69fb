package org.caravox.live.vosk;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.caravox.live.LiveEar;
import org.caravox.live.Phrase;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.transcription.vosk.ChannelEar;
import org.caravox.transcription.vosk.VoskTranscriber;
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

    /** A pause that a stream asks for is noticed so soon. */
    private static final int PIECE_BYTES = VoskTranscriber.SAMPLE_RATE_HZ / 10 * 2;

    private final int number;
    private final ChannelEar ear;
    private final @Nullable Endpointer endpointer;
    private double settledUntil;
    private double begun;
    private double toldAt;
    private String partial = "";
    private double lastWord;
    private boolean endpointOwed;

    /** @param endpointer tells when an utterance ends; null has the recognizer tell it */
    HeardChannel(int number, ChannelEar ear, @Nullable Endpointer endpointer) {
        this.number = number;
        this.ear = ear;
        this.endpointer = endpointer;
    }

    int number() {
        return number;
    }

    void hear(byte[] pcm, List<Consumer<LiveEar>> told) throws IOException {
        int most = endpointer == null ? pcm.length : PIECE_BYTES;
        for (int at = 0; at < pcm.length; at += most) {
            hearPiece(Arrays.copyOfRange(pcm, at, Math.min(pcm.length, at + most)), told);
        }
    }

    private void hearPiece(byte[] pcm, List<Consumer<LiveEar>> told) throws IOException {
        ear.hear(pcm, pcm.length);
        boolean paused = false;
        if (endpointer != null && endpointer.hear(pcm)) {
            ear.settle(endpointer.end());
            paused = true;
        }
        double now = ear.position();
        List<Utterance> utterances = ear.take();
        if (!utterances.isEmpty()) {
            double last = utterances.get(utterances.size() - 1).end();
            boolean endpoint = paused || endpointer == null || endpointer.isEnough(now - last);
            double silent = paused ? Endpointer.SILENCE_SECONDS : SILENT_SECONDS;
            tell(utterances, Math.max(last, now - silent), endpoint, false, told);
        } else if (endpointOwed && (paused || isOver(now))) {
            double silent = paused ? Endpointer.SILENCE_SECONDS : UNNOTICED_SECONDS;
            tell(List.of(), now - silent, true, false, told);
        } else {
            seems(ear.partial(), now, told);
        }
    }

    /** Whether the pause after the last word is long enough: noise may sound like speech, but it is no words. */
    private boolean isOver(double now) throws IOException {
        if (endpointer == null || !ear.partial().isEmpty()) {
            return false;
        }
        double unnoticed = endpointer.isSpeaking() ? UNNOTICED_SECONDS : 0;
        return endpointer.isEnough(now - lastWord - unnoticed);
    }

    /** Settles what is open, here and now. */
    void settle(boolean asked, List<Consumer<LiveEar>> told) throws IOException {
        ear.settle();
        tell(ear.take(), ear.position(), !asked, asked, told);
    }

    private void tell(
            List<Utterance> utterances, double wished, boolean endpoint, boolean asked, List<Consumer<LiveEar>> told) {
        double until = Math.max(settledUntil, wished);
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
        lastWord = words.isEmpty() ? lastWord : words.get(words.size() - 1).end();
        endpointOwed = !endpoint && (endpointOwed || !words.isEmpty());
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
