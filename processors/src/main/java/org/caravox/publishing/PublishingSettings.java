package org.caravox.publishing;

import java.time.Duration;

/**
 * How routes are published.
 *
 * @param publishWithin how long hubs may take to load a version, over 0
 * @param probation     how long a version that was published returns by itself when what it changed fails; 0 is never
 * @param limits        when it does
 */
public record PublishingSettings(Duration publishWithin, Duration probation, RouteComparison.Limits limits) {

    /** Checks the ranges. */
    public PublishingSettings {
        if (publishWithin.isNegative() || publishWithin.isZero()) {
            throw new IllegalArgumentException("caravox.routes.publish-within must be over 0, was " + publishWithin);
        }
        if (probation.isNegative()) {
            throw new IllegalArgumentException("caravox.routes.probation must be 0 or more, was " + probation);
        }
    }
}
