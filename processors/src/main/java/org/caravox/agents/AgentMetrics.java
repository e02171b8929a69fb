package org.caravox.agents;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is counted and timed of conversations. */
public final class AgentMetrics {

    private final MeterRegistry metrics;
    private final Map<String, Timer> parts = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    public AgentMetrics(MeterRegistry metrics) {
        this.metrics = metrics;
        Gauge.builder("agent.conversations", open, AtomicInteger::get)
                .description("Conversations that go on")
                .register(metrics);
    }

    void begun() {
        open.incrementAndGet();
    }

    /** An answer was heard, or as much of it as the caller let be. */
    void answered(TurnLatency latency) {
        record("heard", latency.heard());
        record("turn_end", latency.turnEnd());
        record("model_first", latency.modelFirst());
        record("audio_first", latency.audioFirst());
        record("packet_first", latency.packetFirst());
    }

    private void record(String part, @Nullable Duration latency) {
        if (latency != null) {
            parts.computeIfAbsent(part, this::timer).record(latency);
        }
    }

    private Timer timer(String part) {
        return Timer.builder("agent.latency")
                .description("From the end of what the caller says to each step of the answer")
                .tag("part", part)
                .serviceLevelObjectives(
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofMillis(750),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(1_500),
                        Duration.ofSeconds(3))
                .register(metrics);
    }

    void interrupted(String agent) {
        metrics.counter("agent.interruptions", "agent", agent).increment();
    }

    void machine(String agent) {
        metrics.counter("agent.machines", "agent", agent).increment();
    }

    void failed(String agent, String doing) {
        metrics.counter("agent.failures", "agent", agent, "doing", doing).increment();
    }

    void ended(String agent, String how) {
        open.decrementAndGet();
        metrics.counter("agent.ended", "agent", agent, "how", how).increment();
    }
}
