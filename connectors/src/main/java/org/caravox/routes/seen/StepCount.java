package org.caravox.routes.seen;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;
import org.caravox.publishing.RoutesSeen.Count;

/** How one version of a step does. About 4 kB; many threads count at once. */
final class StepCount {

    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    /** Figures that count: the times are told within 7 %. */
    private static final int PRECISION = 1;

    private final LongAdder began = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final AtomicHistogram micros = new AtomicHistogram(LONGEST_MICROS, PRECISION);

    void begin() {
        began.increment();
    }

    void end(long tookNanos, boolean failure) {
        ended.increment();
        nanos.add(tookNanos);
        micros.recordValue(Math.min(LONGEST_MICROS, tookNanos / 1_000));
        if (failure) {
            failed.increment();
        }
    }

    boolean used() {
        return began.sum() > 0;
    }

    Count told(String route, String step, long version) {
        long done = ended.sum();
        return new Count(
                route,
                step,
                version,
                done,
                failed.sum(),
                Math.max(0, began.sum() - done),
                done == 0 ? Duration.ZERO : Duration.ofNanos(nanos.sum() / done),
                Duration.of(done == 0 ? 0 : micros.getValueAtPercentile(99), ChronoUnit.MICROS));
    }
}
