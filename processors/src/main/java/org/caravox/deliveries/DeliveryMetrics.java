package org.caravox.deliveries;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.caravox.deliveries.Lanes.Backlog;

/**
 * Deliveries as Prometheus sees them: {@code caravox_deliveries_total} by kind and outcome, {@code
 * caravox_delivery_seconds}, and {@code caravox_deliveries_pending} with the age of the oldest.
 */
public final class DeliveryMetrics {

    private final MeterRegistry registry;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();

    public DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("caravox.deliveries.pending", pending, AtomicLong::get)
                .description("Deliveries that have not arrived yet, of all hubs")
                .register(registry);
        Gauge.builder("caravox.deliveries.oldest", oldestSeconds, AtomicLong::get)
                .baseUnit("seconds")
                .description("The age of the oldest delivery that has not arrived yet")
                .register(registry);
    }

    void count(Delivery delivery, String outcome, Duration latency) {
        String kind = delivery.kind().word();
        registry.counter("caravox.deliveries", "kind", kind, "outcome", outcome).increment();
        registry.timer("caravox.delivery", "kind", kind).record(latency);
    }

    void backlog(Backlog backlog) {
        pending.set(backlog.pending());
        oldestSeconds.set(backlog.oldest().toSeconds());
    }
}
