package org.caravox.live;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.caravox.live.LiveEvent.Heard;

/**
 * The words of a session: what is settled on each of its channels, and what its client and the routes are told. What a
 * provider hears again is left out. For the session's loop.
 */
final class LiveWords {

    /** Where a channel is: all that is needed to go on with it; {@code settledUntil} is in seconds. */
    record Channel(double settledUntil, SpeechMarks.Standing marks) {}

    private final LiveRequest request;
    private final Positions positions;
    private final AudioTrail trail;
    private final Arrivals arrivals;
    private final Telling telling;
    private final RouteWork work;
    private final LiveMetrics metrics;
    private final Loop loop;
    private final LiveScript script = new LiveScript();
    private final double[] settledUntil;
    private final SpeechMarks[] marks;
    private long settledAt;

    LiveWords(
            LiveRequest request,
            AudioTrail trail,
            Arrivals arrivals,
            Telling telling,
            RouteWork work,
            LiveMetrics metrics,
            Loop loop) {
        this.request = request;
        this.positions = new Positions(request.audio());
        this.trail = trail;
        this.arrivals = arrivals;
        this.telling = telling;
        this.work = work;
        this.metrics = metrics;
        this.loop = loop;
        this.settledAt = loop.now();
        int channels = request.audio().channels();
        this.settledUntil = new double[channels];
        this.marks = new SpeechMarks[channels];
        for (int channel = 0; channel < channels; channel++) {
            marks[channel] = new SpeechMarks(channel, channels, request.utteranceEnd());
        }
    }

    /** Where each channel is. */
    List<Channel> channels() {
        return IntStream.range(0, marks.length)
                .mapToObj(channel -> new Channel(settledUntil[channel], marks[channel].standing()))
                .toList();
    }

    /** Goes on where another one was. */
    void goOn(List<Channel> channels, LiveScript.Standing from) {
        for (int channel = 0; channel < marks.length; channel++) {
            settledUntil[channel] = channels.get(channel).settledUntil();
            marks[channel].goOn(channels.get(channel).marks());
        }
        script.goOn(from);
    }

    LiveScript script() {
        return script;
    }

    /** Up to where each channel is settled, in seconds. */
    double[] settledUntil() {
        return settledUntil.clone();
    }

    /** When something was settled last. */
    long settledAt() {
        return settledAt;
    }

    /** Whether somebody who got the audio that was given out can have heard this. */
    boolean canBe(Phrase phrase) {
        return phrase.channel() >= 0
                && phrase.channel() < settledUntil.length
                && phrase.start() >= 0
                && phrase.end() <= positions.seconds(trail.givenUntil()) + 1;
    }

    /**
     * A phrase was heard.
     *
     * @param by  who heard it
     * @param cut up to where it was settled before, in seconds
     */
    void heard(Phrase phrase, Hearer by, double cut) {
        int channel = phrase.channel();
        boolean heardBefore = phrase.start() < cut && phrase.end() <= cut;
        if (heardBefore && !phrase.asked()) {
            return;
        }
        Phrase fresh = phrase.after(cut);
        arrivals.since(positions.position(phrase.end()), loop.now())
                .ifPresent(latency -> metrics.latency(by.provider(), phrase.settled(), latency));
        marks[channel].begun(fresh).filter(start -> request.speechStarts()).ifPresent(telling::tell);
        if (fresh.settled()) {
            script.add(fresh).ifPresent(work::uttered);
            settled(channel, phrase.end());
        }
        if (fresh.settled() || request.interim()) {
            telling.tell(new Heard(fresh, settledUntil.length, by.provider(), by.model()));
        }
        over(channel, phrase.end(), fresh.endpoint());
    }

    /** A channel was heard up to a time, in seconds, and nothing else is to be told of it. */
    void reached(int channel, double at) {
        double until = Math.min(at, positions.seconds(trail.givenUntil()));
        settled(channel, until);
        over(channel, until, false);
    }

    private void over(int channel, double heardUntil, boolean endpoint) {
        marks[channel].over(heardUntil, endpoint).ifPresent(telling::tell);
    }

    private void settled(int channel, double until) {
        settledUntil[channel] = Math.max(settledUntil[channel], until);
        settledAt = loop.now();
        double all = Arrays.stream(settledUntil).min().orElse(0);
        trail.forget(positions.position(all));
    }

    /** Nothing follows: what is still open is told to the routes. */
    void end() {
        script.end().forEach(work::uttered);
    }
}
