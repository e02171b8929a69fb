package org.caravox.jobs;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;

/**
 * How jobs are worked on.
 *
 * @param node       this hub's name, by which it recognizes its own leases
 * @param lease      how long a worker owns a job without a sign of life
 * @param attempts   how often a job is tried, at least 1
 * @param backOff    the wait after the first failure; it doubles with each
 * @param maxBackOff the longest wait
 * @param jitter     how much of the wait is left to chance, 0 to 1
 * @param deadline   how long one attempt may take
 * @param keep       how long ended jobs, and the recordings of failed ones, are kept
 */
public record JobSettings(
        String node,
        Duration lease,
        int attempts,
        Duration backOff,
        Duration maxBackOff,
        double jitter,
        Duration deadline,
        Duration keep) {

    public JobSettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("caravox.jobs.attempts must be at least 1, was " + attempts);
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("caravox.jobs.jitter must be 0 to 1, was " + jitter);
        }
        if (lease.toSeconds() < 2) {
            throw new IllegalArgumentException("caravox.jobs.lease must be at least 2s, was " + lease);
        }
    }

    private static final Duration DATABASE_WAIT = Duration.ofMillis(200);
    private static final Duration DATABASE_LONGEST_WAIT = Duration.ofSeconds(3);

    /** How long the end of a job is held while the database is away: as long as a worker may work on it. */
    public RetryConfig databaseAway() {
        return RetryConfig.custom()
                .maxAttempts(
                        (int) Math.max(10, Math.min(deadline.toSeconds(), 600) / DATABASE_LONGEST_WAIT.toSeconds()))
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(
                        DATABASE_WAIT, IntervalFunction.DEFAULT_MULTIPLIER, DATABASE_LONGEST_WAIT))
                .retryOnException(DatabaseAway::is)
                .build();
    }

    /**
     * The wait after a job's first failure.
     *
     * @param chance     0 to 1, drawn anew each time
     */
    public Duration firstWait(double chance) {
        return Duration.ofMillis(Math.round(backOff.toMillis() * (1 + jitter * (2 * chance - 1))));
    }
}
