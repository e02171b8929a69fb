package org.caravox.door.live.phone;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;

/** Takes calls, and writes down what becomes of them. */
final class Taker implements PhoneRinging, LegListener, MediaListener {

    final CompletableFuture<SignalLeg> rung = new CompletableFuture<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    /** Answers the call that rings; what is played into it goes to the platform. */
    MediaLeg answer() {
        SignalLeg leg = rung.orTimeout(5, TimeUnit.SECONDS).join();
        MediaLeg audio = leg.media().orElseThrow().open(new MediaWishes(List.of(), MediaWishes.Srtp.OFF, null), this);
        leg.answer(SessionDescription.of(audio.offer(Direction.SENDRECV)));
        return audio;
    }

    SignalLeg leg() {
        return rung.join();
    }

    synchronized byte[] heard() {
        return heard.toByteArray();
    }

    @Override
    public LegListener rings(SignalLeg leg, Asked who) {
        asked.add(who);
        rung.complete(leg);
        return this;
    }

    @Override
    public void confirmed() {
        told.add("answered");
    }

    @Override
    public SessionDescription offered(@Nullable SessionDescription offer) {
        throw new AssertionError("platforms offer nothing");
    }

    @Override
    public void ended(Ended ended) {
        told.add("ended by " + ended.who());
    }

    @Override
    public synchronized void heard(byte[] pcm) {
        heard.writeBytes(pcm);
    }

    @Override
    public void digit(char digit, Duration length) {
        told.add("pressed " + digit);
    }

    @Override
    public void reached(String mark, boolean isHeard) {
        told.add((isHeard ? "heard " : "not heard ") + mark);
    }
}
