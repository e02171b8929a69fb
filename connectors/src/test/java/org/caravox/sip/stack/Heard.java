package org.caravox.sip.stack;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;

/** Notes what is told of a leg, in words, and takes every offer that has PCMU. */
final class Heard implements LegListener {

    static final Codec PCMU = new Codec(0, "PCMU", 8000, 1, "");
    static final Codec PCMA = new Codec(8, "PCMA", 8000, 1, "");

    final List<String> events = new CopyOnWriteArrayList<>();
    final List<SessionDescription> descriptions = new CopyOnWriteArrayList<>();
    volatile @Nullable SignalLeg leg;
    volatile @Nullable Ended ended;
    volatile boolean refers;

    static SessionDescription audio(int port, Direction direction) {
        return SessionDescription.of(new MediaDescription(
                "127.0.0.1", port, port + 1, false, List.of(PCMU), direction, List.of(), 20, null));
    }

    static SessionDescription audio(int port) {
        return audio(port, Direction.SENDRECV);
    }

    /** Answers each call that comes in as the consumer says. */
    static org.caravox.calls.signalling.IncomingCalls calls(List<Heard> into, Consumer<SignalLeg> then) {
        return leg -> {
            var heard = new Heard();
            heard.leg = leg;
            into.add(heard);
            then.accept(leg);
            return heard;
        };
    }

    SignalLeg leg() {
        SignalLeg known = leg;
        if (known == null) {
            throw new AssertionError("no leg yet");
        }
        return known;
    }

    Ended ended() {
        Ended known = ended;
        if (known == null) {
            throw new AssertionError("it is not over");
        }
        return known;
    }

    @Override
    public void ringing() {
        events.add("ringing");
    }

    @Override
    public void progress(SessionDescription answer) {
        descriptions.add(answer);
        events.add("progress");
    }

    @Override
    public void answered(@Nullable SessionDescription answer) {
        if (answer != null) {
            descriptions.add(answer);
        }
        events.add("answered");
    }

    @Override
    public void confirmed() {
        events.add("confirmed");
    }

    @Override
    public SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec {
        if (offer == null) {
            events.add("asked");
            return audio(22000);
        }
        if (offer.media().get(0).codecs().stream().noneMatch(codec -> codec.isLike(PCMU))) {
            throw new NoCommonCodec("they have no PCMU");
        }
        descriptions.add(offer);
        events.add("offered " + offer.media().get(0).direction());
        return audio(22000, offer.media().get(0).direction().mirrored());
    }

    @Override
    public void digit(char digit, Duration length) {
        events.add("digit " + digit + " " + length.toMillis());
    }

    @Override
    public boolean referred(String to) {
        events.add("referred " + to);
        return refers;
    }

    @Override
    public void ended(Ended end) {
        this.ended = end;
        events.add("ended " + end.who() + " " + end.status());
    }
}
