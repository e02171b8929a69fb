package org.caravox.routes;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.caravox.publishing.RouteRuntime.Counts;

/** How a route does on a version. */
final class RouteCounts {

    private static final long LONGEST_MICROS = Duration.ofHours(4).toNanos() / 1000;

    private final LongAdder begun = new LongAdder();
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanosOfAll = new LongAdder();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(LONGEST_MICROS, 2);

    RouteCounts() {
        micros.setAutoResize(true);
    }

    void begin() {
        begun.increment();
    }

    void end(long nanos, boolean failure) {
        micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, nanos / 1000)));
        nanosOfAll.add(nanos);
        if (failure) {
            failed.increment();
        }
        done.increment();
    }

    boolean used() {
        return begun.sum() > 0;
    }

    Counts read(long version, String route, Instant since) {
        long ended = done.sum();
        return new Counts(
                version,
                route,
                since,
                ended,
                failed.sum(),
                Math.max(0, begun.sum() - ended),
                Duration.ofNanos(ended == 0 ? 0 : nanosOfAll.sum() / ended),
                Duration.ofNanos(ended == 0 ? 0 : micros.getValueAtPercentile(99) * 1000));
    }
}
