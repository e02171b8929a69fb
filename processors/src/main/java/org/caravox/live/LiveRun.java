package org.caravox.live;

import java.util.function.Consumer;
import org.caravox.providers.Answered;
import org.caravox.providers.Line;
import org.caravox.providers.ProviderFailure;
import org.jspecify.annotations.Nullable;

/** One provider that listens to a session, has listened, or is ready to. For the session's loop. */
final class LiveRun implements LiveEar {

    private final LiveRuns runs;
    private final Positions positions;
    private final Hearer hearer;
    private final String language;
    private final boolean tellsWords;
    private @Nullable LiveLeg leg;
    private Line.@Nullable Call call;
    private @Nullable ProviderFailure early;
    private double[] cut = {};
    private long base;
    private long begunAt;
    private long toldUntil;
    private long newsAt;
    private boolean begun;
    private boolean ending;
    private boolean letGo;

    /** @param tellsWords whether the provider tells words apart */
    LiveRun(LiveRuns runs, Positions positions, Hearer hearer, String language, boolean tellsWords) {
        this.runs = runs;
        this.positions = positions;
        this.hearer = hearer;
        this.language = language;
        this.tellsWords = tellsWords;
    }

    Hearer hearer() {
        return hearer;
    }

    /** In which it hears, BCP 47. */
    String language() {
        return language;
    }

    /** The provider's connection is open. On the thread that opened it. */
    void opened(LiveLeg open) {
        leg = open;
    }

    /** It belongs to the session from now on. */
    void taken(Answered<LiveRun> answered) {
        call = answered.call();
    }

    /** What failed before it belonged to the session; null is nothing. */
    @Nullable
    ProviderFailure early() {
        return early;
    }

    LiveLeg leg() {
        LiveLeg known = leg;
        if (known == null) {
            throw new IllegalStateException("a leg is used before it is open");
        }
        return known;
    }

    /**
     * It is given audio from now on.
     *
     * @param from    where its audio begins
     * @param settled up to where the words of each channel are settled, in seconds
     */
    void begin(long from, double[] settled, long now) {
        base = from;
        cut = settled;
        begun = true;
        begunAt = now;
        newsAt = now;
        toldUntil = from;
    }

    /** Whether it was given audio. */
    boolean hasBegun() {
        return begun;
    }

    /** Where its audio begins. */
    long base() {
        return base;
    }

    long begunAt() {
        return begunAt;
    }

    /** Up to where the words of a channel were settled when it began, in seconds. */
    double cut(int channel) {
        return cut[channel];
    }

    /** When it told something last. */
    long newsAt() {
        return newsAt;
    }

    /** How far audio was given out then. */
    long toldUntil() {
        return toldUntil;
    }

    /**
     * Gives it audio. Who does not tell words apart is not given what is settled already: what it says of that could not
     * be told from what follows.
     *
     * @param at where the audio begins
     */
    void hear(byte[] audio, long at) {
        leg().hear(tellsWords ? audio : positions.silenced(audio, at, cut));
    }

    /** No audio follows. */
    void end() {
        if (!ending) {
            ending = true;
            leg().end();
        }
    }

    // ---- what the provider tells
    // --------------------------------------------------------------------------------------

    @Override
    public void heard(Phrase phrase) {
        if (runs.isCurrent(this)) {
            news(base + positions.position(phrase.end()));
            runs.heard(this, phrase);
        }
    }

    @Override
    public void reached(int channel, double at) {
        if (runs.isCurrent(this)) {
            news(runs.givenUntil());
            runs.reached(this, channel, at);
        }
    }

    /** Whoever has told of the audio up to a position still owes what was given to it beyond. */
    private void news(long until) {
        newsAt = runs.now();
        toldUntil = Math.max(toldUntil, until);
        Line.Call ofLine = call;
        if (ofLine != null) {
            ofLine.goesWell();
        }
    }

    @Override
    public void ready() {
        if (runs.isCurrent(this)) {
            runs.feed();
        }
    }

    @Override
    public void ended() {
        if (runs.isCurrent(this)) {
            runs.ended(this);
        }
    }

    @Override
    public void failed(ProviderFailure failure) {
        if (call == null) {
            early = failure;
        } else {
            runs.failed(this, failure);
        }
    }

    // ---- its end
    // ------------------------------------------------------------------------------------------------------

    /** Lets go of it; it was of use. Gives whether it was still held. */
    boolean done() {
        return letGo(Line.Call::succeeded);
    }

    /** Lets go of it; it failed. Gives whether it was still held. */
    boolean done(ProviderFailure failure) {
        return letGo(ofLine -> ofLine.failed(failure));
    }

    private boolean letGo(Consumer<Line.Call> outcome) {
        Line.Call ofLine = call;
        if (ofLine == null || letGo) {
            return false;
        }
        letGo = true;
        outcome.accept(ofLine);
        leg().abort();
        return true;
    }
}
