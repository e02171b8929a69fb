package org.caravox.requests;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The moment by which one request must be answered, shared by every step of it.
 *
 * @param at    the moment
 * @param clock whose time counts
 */
public record Deadline(Instant at, Clock clock) {

    public static Deadline in(Duration time, Clock clock) {
        return new Deadline(clock.instant().plus(time), clock);
    }

    /** What is left; never negative. */
    public Duration left() {
        Duration left = Duration.between(clock.instant(), at);
        return left.isNegative() ? Duration.ZERO : left;
    }

    public boolean passed() {
        return !clock.instant().isBefore(at);
    }

    /** The earlier of this deadline and one that is {@code time} from now. */
    public Deadline orIn(Duration time) {
        Deadline other = in(time, clock);
        return other.at.isBefore(at) ? other : this;
    }
}
