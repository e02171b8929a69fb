package org.caravox.requests;

import java.time.Clock;
import java.time.Duration;

/** How long an answer is of use: until the deadline, which may be put off, and while the caller has not hung up. */
public final class Patience {

    private final HangUp hangUp;
    private volatile Deadline deadline;

    /**
     * Patience.
     *
     * @param deadline the latest moment
     * @param hangUp   whether the caller still waits
     */
    public Patience(Deadline deadline, HangUp hangUp) {
        this.deadline = deadline;
        this.hangUp = hangUp;
    }

    /** For work that nobody waits for on the line. */
    public static Patience until(Deadline deadline) {
        return new Patience(deadline, new HangUp());
    }

    public static Patience of(Duration time, Clock clock) {
        return until(Deadline.in(time, clock));
    }

    public Deadline deadline() {
        return deadline;
    }

    public HangUp hangUp() {
        return hangUp;
    }

    /** The same caller, with a deadline that is at most {@code time} from now. */
    public Patience orIn(Duration time) {
        return new Patience(deadline.orIn(time), hangUp);
    }

    /** Puts the deadline off: what was waited for has begun. */
    public void putOff(Duration time) {
        deadline = Deadline.in(time, deadline.clock());
    }

    /** Whether there is no use in going on. */
    public boolean over() {
        return hangUp.hungUp() || deadline.passed();
    }
}
