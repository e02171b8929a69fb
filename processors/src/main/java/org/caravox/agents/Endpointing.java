package org.caravox.agents;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.caravox.audio.activity.SpeechDetector;
import org.caravox.audio.activity.SpeechSpans;
import org.caravox.live.Phrase;

/**
 * When the caller has had a turn: nobody has spoken for as long as it takes to be sure that what they said is all that there
 * is to say, and its words are known. On the call's loop only, where it tells too.
 */
final class Endpointing {

    /** Told how the caller's turn goes, and asked whether it counts. */
    interface Told {

        /** The caller begins to speak. */
        void began();

        /** The caller does not speak any more, for now; their last words may still be on the way. */
        void ended();

        /**
         * Somebody has told words.
         *
         * @param news whether there are any, and they were not told before
         */
        void words(boolean news);

        /** The caller has paused for long enough; it may be that they have said nothing. */
        void paused();

        /** Whether anybody waits for a turn: nothing is told of pauses while nobody does. */
        boolean wanted();
    }

    /** How long nobody speaks until a span of speech has ended; part of every pause. */
    static final Duration QUIET = Duration.ofMillis(200);

    /** How long the last words may take after the caller stopped. */
    private static final Duration WORDS_WITHIN = Duration.ofMillis(1_500);

    /**
     * No frame for so long is silence: carriers send nothing at all then, after some frames of it. A connection that stalls for less
     * is none, and what would be settled then is half a word.
     */
    private static final Duration NO_AUDIO = Duration.ofMillis(800);

    private final AgentTurnEnd settings;
    private final LongSupplier nanos;
    private final Told told;
    private final SpeechSpans spans;
    private final Pauses pauses;
    private final CallerWords words = new CallerWords();
    private final Alarm turnDue;
    private final Alarm noAudio;

    private boolean awaitingWords;
    private long samples;
    private long frameAt;
    private long speechEnd;
    private long heardAt;

    /**
     * Nobody has said anything yet.
     *
     * @param speechAfter how long somebody speaks until it counts
     * @param nanos       the clock of the latencies
     */
    Endpointing(
            AgentTurnEnd settings,
            SpeechDetector detector,
            Duration speechAfter,
            ScheduledExecutorService loop,
            LongSupplier nanos,
            Told told) {
        this.settings = settings;
        this.nanos = nanos;
        this.told = told;
        this.spans = new SpeechSpans(detector, speechAfter, QUIET, new Spans());
        this.pauses = new Pauses(settings);
        this.turnDue = new Alarm(loop);
        this.noAudio = new Alarm(loop);
    }

    /** The caller may speak from now on. */
    void begin() {
        speechEnd = nanos.getAsLong();
    }

    // ---- what is heard
    // -----------------------------------------------------------------------------------------

    /** 20 ms or so of signed 16-bit little-endian PCM. */
    void hear(byte[] pcm) {
        samples += pcm.length / 2;
        frameAt = nanos.getAsLong();
        spans.hear(pcm);
        if (spans.speaking()) {
            noAudio.set(NO_AUDIO, spans::silent);
        }
    }

    private final class Spans implements SpeechSpans.Told {

        @Override
        public void began() {
            turnDue.cancel();
            told.began();
        }

        @Override
        public void ended() {
            noAudio.cancel();
            speechEnd = Math.min(frameAt, nanos.getAsLong() - QUIET.toNanos());
            awaitingWords = true;
            told.ended();
            awaitTurn();
        }
    }

    /** Whether the caller speaks. */
    boolean speaking() {
        return spans.speaking();
    }

    void phrase(Phrase phrase) {
        boolean news = words.add(phrase);
        long now = nanos.getAsLong();
        if (phrase.settled()) {
            heardAt = awaitingWords || !phrase.isSilence() ? now : heardAt;
            if (phrase.asked() || phrase.endpoint()) {
                awaitingWords = false;
            }
        }
        told.words(news);
        if (!spans.speaking() && (news || phrase.settled())) {
            boolean unnoticed =
                    phrase.endpoint() && now - speechEnd > settings.pauseLong().toNanos();
            speechEnd = unnoticed ? now - QUIET.toNanos() : speechEnd;
            awaitTurn();
        }
    }

    // ---- when it is a turn
    // -----------------------------------------------------------------------------------------

    /** Waits as long as it takes to be sure that the caller has said what there is to say. */
    void awaitTurn() {
        if (told.wanted()) {
            turnDue.set(pauses.after(words.text()).minus(quiet()), this::turnDue);
        }
    }

    private void turnDue() {
        if (!told.wanted() || spans.speaking()) {
            return;
        }
        Duration left = WORDS_WITHIN.minus(quiet());
        if (awaitingWords && !left.isNegative() && !left.isZero()) {
            turnDue.set(left, this::turnDue);
            return;
        }
        awaitingWords = false;
        told.paused();
    }

    private Duration quiet() {
        return Duration.ofNanos(nanos.getAsLong() - speechEnd);
    }

    /** No pause is told any more until {@link #awaitTurn}, or until the caller speaks again. */
    void cancel() {
        turnDue.cancel();
    }

    /** The call is over. */
    void end() {
        turnDue.cancel();
        noAudio.cancel();
    }

    // ---- what was said
    // -----------------------------------------------------------------------------------------

    /** What the caller has said since the last turn, so far. */
    String words() {
        return words.text();
    }

    /** All that the caller has said since the last turn is one. */
    CallerTurn take() {
        Duration heard = heardAt >= speechEnd ? Duration.ofNanos(heardAt - speechEnd) : null;
        return new CallerTurn(words.take(), speechEnd, heard);
    }

    /** The caller ends their turn now, whatever they were saying. */
    CallerTurn takeNow() {
        speechEnd = nanos.getAsLong();
        heardAt = speechEnd;
        return take();
    }

    /** What the caller has said since the last turn is none. */
    void drop() {
        words.take();
    }

    /** A turn that was taken was none: the caller goes on. */
    void putBack(String said) {
        words.putBack(said);
    }

    /** Nothing that was said so far counts, nor what is still to be told of it. */
    void forget(int sampleRateHz) {
        words.forget((double) samples / sampleRateHz);
    }
}
