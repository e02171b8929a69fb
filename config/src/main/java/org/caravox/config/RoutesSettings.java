package org.caravox.config;

import java.nio.file.Path;
import java.time.Duration;
import org.caravox.publishing.PublishingSettings;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteStart;

/** All settings under {@code caravox.routes}. */
record RoutesSettings(
        Path folder, RouteStart.From start, Duration publishWithin, Duration probation, int leastMessages, double margin) {

    PublishingSettings publishing() {
        return new PublishingSettings(
                publishWithin, probation, new RouteComparison.Limits(leastMessages, margin));
    }
}
