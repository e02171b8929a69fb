package org.caravox.itests.calls;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.sip.stack.SipSettings;
import org.caravox.sip.stack.SipStack;
import org.caravox.sip.stack.Trunk;

/** The hub's SIP stack alone, which says yes to everybody on this machine. */
final class TakingCalls implements AutoCloseable {

    static final SessionDescription AUDIO = SessionDescription.of(new MediaDescription(
            "127.0.0.1",
            22000,
            22001,
            false,
            List.of(new Codec(0, "PCMU", 8000, 1, "")),
            Direction.SENDRECV,
            List.of(),
            20,
            null));

    private final int port;
    private final SipStack stack;

    TakingCalls(Consumer<SignalLeg> then) {
        this.port = FreePorts.next();
        this.stack = new SipStack(
                SipSettings.of(
                        SipSettings.Listening.plain("127.0.0.1", port),
                        List.of(Trunk.open("local", List.of(), "udp", List.of("127.0.0.0/8")))),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
        stack.answeredBy(leg -> {
            then.accept(leg);
            return new Agreeing();
        });
    }

    int port() {
        return port;
    }

    SipStack stack() {
        return stack;
    }

    @Override
    public void close() {
        stack.close();
    }

    /** Takes every offer. */
    static class Agreeing implements LegListener {

        @Override
        public SessionDescription offered(SessionDescription offer) {
            return AUDIO;
        }

        @Override
        public void ended(Ended ended) {}
    }
}
