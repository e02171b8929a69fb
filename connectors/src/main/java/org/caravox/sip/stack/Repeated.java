package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPResponse;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * A response that is sent again and again until it is acknowledged: 2xx to INVITE until ACK (RFC 3261, section 13.3.1.4), a
 * reliable 1xx until PRACK (RFC 3262, section 3). For one thread at a time.
 */
final class Repeated {

    private static final Duration T1 = Duration.ofMillis(500);
    private static final Duration T2 = Duration.ofSeconds(4);
    private static final Duration LONGEST = T1.multipliedBy(64);

    private final Core core;
    private final Executor line;
    private final SIPResponse response;
    private final Runnable givenUp;
    private Future<?> next;
    private Duration interval = T1;
    private Duration waited = Duration.ZERO;
    private boolean acknowledged;

    /**
     * It was sent once already.
     *
     * @param givenUp what is done when nobody acknowledges it for 32 seconds
     */
    Repeated(Core core, Executor line, SIPResponse response, Runnable givenUp) {
        this.core = core;
        this.line = line;
        this.response = response;
        this.givenUp = givenUp;
        this.next = core.timers().in(interval, line, this::again);
    }

    private void again() {
        if (acknowledged) {
            return;
        }
        waited = waited.plus(interval);
        if (waited.compareTo(LONGEST) >= 0) {
            acknowledged = true;
            givenUp.run();
            return;
        }
        core.wire().answer((SIPResponse) response.clone());
        Duration doubled = interval.multipliedBy(2);
        interval = doubled.compareTo(T2) > 0 ? T2 : doubled;
        next = core.timers().in(interval, line, this::again);
    }

    void acknowledged() {
        acknowledged = true;
        next.cancel(false);
    }

    boolean isAcknowledged() {
        return acknowledged;
    }
}
