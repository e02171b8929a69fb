package org.caravox.calls;

import java.util.Map;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that is passed on as it is, with no route in between: the hub carries its audio and nothing else. */
final class Forwarding {

    private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

    private final SignalLeg caller;
    private final CallOutside outside;
    private final String trunk;
    private final Party near;
    private final Party far;

    Forwarding(SignalLeg caller, CallOutside outside, String trunk) {
        this.caller = caller;
        this.outside = outside;
        this.trunk = trunk;
        this.near = new Party(
                outside.media(), outside.wishes().apply(caller.parties().trunk()));
        this.far = new Party(outside.media(), outside.wishes().apply(trunk));
    }

    LegListener begin() {
        near.signal(caller);
        try {
            SignalLeg leg = outside.signalling()
                    .dial(
                            new Dial(
                                    caller.parties().to(),
                                    caller.parties().from(),
                                    caller.parties().fromName(),
                                    trunk,
                                    far.offer(),
                                    Map.of(),
                                    outside.settings().ringing(),
                                    null),
                            far);
            far.signal(leg);
            near.onEnd(over -> leg.hangUp("the caller hung up"));
        } catch (Refusal e) {
            log.error("call.emergency.failed trunk={} reason=\"{}\"", trunk, e.getMessage());
            far.close();
            caller.decline(503, "Service Unavailable", null, null);
            return near;
        }
        var unused = far.whenRinging().thenRun(caller::ring);
        var unusedToo = far.whenAnswered().thenRun(this::join);
        far.onEnd(over -> {
            if (over.status() >= 300) {
                caller.decline(over.status(), over.reason(), null, null);
            } else {
                caller.hangUp(over.reason());
            }
            far.close();
        });
        near.onEnd(over -> near.close());
        return near;
    }

    private void join() {
        try {
            caller.answer(near.agreement());
            near.audio().join(far.audio());
        } catch (NoCommonCodec e) {
            caller.decline(488, String.valueOf(e.getMessage()), null, null);
        }
    }
}
