package org.caravox.providers;

import java.time.Duration;

/**
 * When a provider is left alone, and for how long.
 *
 * @param window         how many of the last calls are looked at
 * @param leastCalls     how many there must be before they count
 * @param failurePercent how many of them must have failed, in percent
 * @param openFor        how long it is left alone the first time; doubled each time that it fails again
 * @param openAtMost     how long at most
 * @param probes         how many calls are let through to try whether it is back
 * @param busyFor        how long after it said that it is busy without saying for how long
 * @param longestBusy    how long at most, whatever it says
 * @param quotaFor       how long when its quota is used up
 * @param credentialFor  how long when it refused the credential
 */
public record BreakerSettings(
        int window,
        int leastCalls,
        int failurePercent,
        Duration openFor,
        Duration openAtMost,
        int probes,
        Duration busyFor,
        Duration longestBusy,
        Duration quotaFor,
        Duration credentialFor) {

    /** The values that the hub ships with. */
    public static final BreakerSettings USUAL = new BreakerSettings(
            20,
            5,
            50,
            Duration.ofSeconds(5),
            Duration.ofMinutes(2),
            2,
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofMinutes(15),
            Duration.ofMinutes(5));

    public BreakerSettings {
        if (window < 1 || leastCalls < 1 || leastCalls > window) {
            throw new IllegalArgumentException("caravox.breakers.least-calls must be 1 to window, was " + leastCalls);
        }
        if (failurePercent < 1 || failurePercent > 100) {
            throw new IllegalArgumentException(
                    "caravox.breakers.failure-percent must be 1 to 100, was " + failurePercent);
        }
        if (probes < 1) {
            throw new IllegalArgumentException("caravox.breakers.probes must be at least 1, was " + probes);
        }
    }
}
