package org.caravox.requests;

import java.time.Clock;
import java.time.Duration;

/**
 * How long an answer is of use: until the deadline, and while the caller has not hung up.
 *
 * @param deadline the latest moment
 * @param hangUp   whether the caller still waits
 */
public record Patience(Deadline deadline, HangUp hangUp) {

    /** For work that nobody waits for on the line. */
    public static Patience until(Deadline deadline) {
        return new Patience(deadline, new HangUp());
    }

    public static Patience of(Duration time, Clock clock) {
        return until(Deadline.in(time, clock));
    }

    /** The same caller, with a deadline that is at most {@code time} from now. */
    public Patience orIn(Duration time) {
        return new Patience(deadline.orIn(time), hangUp);
    }

    /** Whether there is no use in going on. */
    public boolean over() {
        return hangUp.hungUp() || deadline.passed();
    }
}
