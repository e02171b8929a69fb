package org.caravox.config;

import java.nio.file.Path;
import java.time.Duration;
import org.caravox.publishing.PublishingSettings;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteStart;
import org.springframework.util.unit.DataSize;

/** All settings under {@code caravox.routes}. */
record RoutesSettings(
        Path folder,
        Duration caseTimeout,
        RouteStart.From start,
        Duration publishWithin,
        Duration probation,
        int leastMessages,
        double margin,
        Traces traces) {

    /** How many messages are kept to be looked at, and how much memory they take at most. */
    record Traces(int messages, DataSize size) {

        Traces {
            if (messages < 0) {
                throw new IllegalArgumentException("caravox.routes.traces.messages must be 0 or more, was " + messages);
            }
        }
    }

    PublishingSettings publishing() {
        return new PublishingSettings(publishWithin, probation, new RouteComparison.Limits(leastMessages, margin));
    }
}
