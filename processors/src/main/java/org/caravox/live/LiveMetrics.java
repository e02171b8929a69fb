package org.caravox.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted and timed of live streams. */
public final class LiveMetrics {

    private record Told(String provider, boolean settled) {}

    private final MeterRegistry metrics;
    private final Map<Told, Timer> latencies = new ConcurrentHashMap<>();
    private final Counter throttled;

    public LiveMetrics(MeterRegistry metrics) {
        this.metrics = metrics;
        this.throttled = Counter.builder("live.throttled")
                .description("How often the sender of a live stream was held back")
                .register(metrics);
    }

    /** A phrase was told so long after the last of its audio came in. */
    void latency(String provider, boolean settled, Duration latency) {
        latencies
                .computeIfAbsent(new Told(provider, settled), told -> Timer.builder("live.latency")
                        .description("From the last audio of a phrase to its words")
                        .tag("provider", told.provider())
                        .tag("kind", told.settled() ? "final" : "interim")
                        .publishPercentileHistogram(false)
                        .serviceLevelObjectives(
                                Duration.ofMillis(100),
                                Duration.ofMillis(300),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(3))
                        .register(metrics))
                .record(latency);
    }

    /** Another provider took over. */
    void failedOver(String from, String to) {
        metrics.counter("live.fail.overs", "from", from, "to", to).increment();
    }

    /** A sender was held back. */
    void throttled() {
        throttled.increment();
    }

    /** A session ended. */
    void ended(String door, String how) {
        metrics.counter("live.ended", "door", door, "how", how).increment();
    }
}
