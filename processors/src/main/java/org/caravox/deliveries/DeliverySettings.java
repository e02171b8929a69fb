package org.caravox.deliveries;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How events are delivered.
 *
 * @param node         this hub's name
 * @param retries      the waits between attempts
 * @param jitter       how much of a wait is left to chance, 0 to 1
 * @param timeout      how long one attempt may take
 * @param lease        how long a hub owns a lane without a sign of life, at least 2 s
 * @param laneInFlight how many requests an endpoint gets at a time, at least 1
 * @param inFlight     how many requests a hub has under way, at least 1
 * @param disableAfter how long an endpoint may fail before it is disabled
 * @param keep         how long deliveries are kept
 * @param httpsOnly    whether endpoints must be {@code https}
 */
public record DeliverySettings(
        String node,
        List<Duration> retries,
        double jitter,
        Duration timeout,
        Duration lease,
        int laneInFlight,
        int inFlight,
        Duration disableAfter,
        Duration keep,
        boolean httpsOnly) {

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(24);

    public DeliverySettings {
        retries = List.copyOf(retries);
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("caravox.deliveries.jitter must be 0 to 1, was " + jitter);
        }
        if (lease.toSeconds() < 2) {
            throw new IllegalArgumentException("caravox.deliveries.lease must be at least 2s, was " + lease);
        }
        if (laneInFlight < 1 || inFlight < 1) {
            throw new IllegalArgumentException(
                    "caravox.deliveries.lane-in-flight and in-flight must be at least 1, were " + laneInFlight + " and "
                            + inFlight);
        }
    }

    /**
     * The wait before the next attempt; empty when there is none.
     *
     * @param attempt the number of the one that failed, from 1
     * @param chance  0 to 1, drawn anew each time
     */
    public Optional<Duration> wait(int attempt, Outcome outcome, double chance) {
        Duration asked = outcome.retryAfter() == null ? Duration.ZERO : outcome.retryAfter();
        Duration bounded = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
        if (outcome.next() == Outcome.Next.POSTPONE) {
            return Optional.of(bounded);
        }
        if (outcome.next() != Outcome.Next.RETRY || attempt > retries.size()) {
            return Optional.empty();
        }
        Duration planned =
                Duration.ofMillis(Math.round(retries.get(attempt - 1).toMillis() * (1 + jitter * (2 * chance - 1))));
        return Optional.of(planned.compareTo(bounded) > 0 ? planned : bounded);
    }
}
