package org.caravox.providers;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long answers have taken of late: a moving average in which an answer of half a minute ago counts a third, and
 * which is forgotten after some minutes without answers.
 */
final class Latency {

    private static final double TIME_CONSTANT_SECONDS = 30;
    private static final double LEAST_SHARE_OF_NEW = 0.1;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);

    private final Clock clock;
    private double averageNanos;
    private Instant at = Instant.EPOCH;

    Latency(Clock clock) {
        this.clock = clock;
    }

    synchronized void add(Duration took) {
        Instant now = clock.instant();
        double old = known(now) ? Math.exp(-Duration.between(at, now).toMillis() / 1000.0 / TIME_CONSTANT_SECONDS) : 0;
        double share = Math.max(LEAST_SHARE_OF_NEW, 1 - old);
        averageNanos = averageNanos * (1 - share) + took.toNanos() * share;
        at = now;
    }

    synchronized Optional<Duration> average() {
        return known(clock.instant()) ? Optional.of(Duration.ofNanos((long) averageNanos)) : Optional.empty();
    }

    private boolean known(Instant now) {
        return at.plus(FORGOTTEN_AFTER).isAfter(now);
    }
}
