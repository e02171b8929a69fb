package org.caravox.agents;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;

/** Something that the agent says: the answer to a turn of the caller, or what it says of itself. On the call's loop only. */
final class Answer {

    /** What follows once it was heard. */
    enum Then {
        LISTEN,
        HAND_OVER,
        HANG_UP
    }

    private final CallerTurn to;
    private final Instant at;
    private final LongSupplier nanos;
    private final HangUp hangUp = new HangUp();
    private final Sentences sentences = new Sentences();
    private final StringBuilder text = new StringBuilder();
    private final List<String> tools = new ArrayList<>();
    private final Duration turnEnd;

    private Then then = Then.LISTEN;
    private String reason = "";
    private boolean over;
    private int rounds;
    private @Nullable Duration modelFirst;
    private @Nullable Duration audioFirst;
    private @Nullable Duration packetFirst;

    /**
     * Nothing is said yet.
     *
     * @param nanos the clock of the latencies
     * @param at    when the turn was taken
     */
    Answer(CallerTurn to, LongSupplier nanos, Instant at) {
        this.to = to;
        this.nanos = nanos;
        this.at = at;
        this.turnEnd = elapsed();
    }

    /** What the caller said; empty when the agent speaks of itself. */
    String said() {
        return to.said();
    }

    /** Whether it answers the caller. */
    boolean answers() {
        return !said().isEmpty();
    }

    Instant at() {
        return at;
    }

    /** What is not worth going on with when it is broken off. */
    HangUp hangUp() {
        return hangUp;
    }

    // ---- its text
    // -----------------------------------------------------------------------------------------

    /** More of it; the sentences that are whole now. */
    List<String> write(String piece) {
        text.append(piece);
        return sentences.add(piece);
    }

    /** What is no whole sentence, and will be none. */
    Optional<String> rest() {
        return sentences.rest();
    }

    /** All that was written, with single spaces. */
    String text() {
        return text.toString().replaceAll("\\s+", " ").strip();
    }

    // ---- tools
    // -----------------------------------------------------------------------------------------

    /** The model wants tools called before it goes on: what it writes then is not the same sentence. */
    void round() {
        rounds++;
        text.append(' ');
    }

    /** How many times the model wanted tools called. */
    int rounds() {
        return rounds;
    }

    void used(String tool) {
        tools.add(tool);
    }

    List<String> tools() {
        return tools;
    }

    // ---- what follows
    // -----------------------------------------------------------------------------------------

    /** The agent leaves the call once this was heard, or does not. */
    void follow(Then next, String why) {
        then = next;
        reason = why;
    }

    Then then() {
        return then;
    }

    String reason() {
        return reason;
    }

    /** It was heard, or something else is said: what is still told of it does not count. */
    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    // ---- latency
    // -----------------------------------------------------------------------------------------

    /** The model writes. */
    void modelWrites() {
        if (modelFirst == null) {
            modelFirst = elapsed();
        }
    }

    /** The voice's first audio has come. */
    void audioCame() {
        audioFirst = elapsed();
    }

    /** The caller begins to hear it. */
    void isHeard() {
        packetFirst = elapsed();
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanos.getAsLong() - to.since());
    }

    /** Null when the agent speaks of itself. */
    @Nullable
    TurnLatency latency() {
        return answers() ? new TurnLatency(to.heard(), turnEnd, modelFirst, audioFirst, packetFirst) : null;
    }
}
