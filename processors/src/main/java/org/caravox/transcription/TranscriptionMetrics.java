package org.caravox.transcription;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The figures by which transcription is watched; each request counts once, when it has ended. */
public final class TranscriptionMetrics {

    /** How a request ended. */
    public enum Outcome {
        COMPLETED,
        FAILED,
        REFUSED,
        CANCELLED
    }

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5),
        Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(120)
    };

    private final MeterRegistry registry;
    private final String region;

    public TranscriptionMetrics(MeterRegistry registry, String region) {
        this.registry = registry;
        this.region = region;
    }

    /** Counts a request that ended with a transcript. */
    public void completed(String model, Duration latency) {
        count(Outcome.COMPLETED, model);
        Timer.builder("transcription.latency")
                .description("Time from a recording's arrival to its stored transcript")
                .tag("model", model)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(latency);
    }

    /** Counts a request that ended; the model is one that a provider knows, or null. */
    public void count(Outcome outcome, @Nullable String model) {
        Counter.builder("transcription.requests")
                .description("Transcription requests that have ended")
                .tag("status", outcome.name().toLowerCase(java.util.Locale.ROOT))
                .tag("model", model == null ? "unknown" : model)
                .tag("region", region)
                .register(registry)
                .increment();
    }
}
