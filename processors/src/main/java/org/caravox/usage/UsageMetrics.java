package org.caravox.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.math.BigDecimal;

/** The figures by which usage is watched. What was answered without a provider is not counted. */
public final class UsageMetrics {

    private final MeterRegistry registry;
    private final boolean byTenant;

    /**
     * The figures.
     *
     * @param byTenant whether each tenant has its own: as many time series more as there are tenants
     */
    public UsageMetrics(MeterRegistry registry, boolean byTenant) {
        this.registry = registry;
        this.byTenant = byTenant;
    }

    void count(Usage usage) {
        if (usage.cached()) {
            return;
        }
        Tags tags = Tags.of("use", usage.use().word(), "provider", usage.provider(), "model", usage.model());
        Tags own = byTenant ? tags.and("tenant", usage.tenant()) : tags;
        Consumed consumed = usage.consumed();
        add("usage.audio.seconds", own, consumed.audio().toMillis() / 1000.0);
        add("usage.tokens", own.and(Tag.of("direction", "input")), (double) consumed.inputTokens());
        add("usage.tokens", own.and(Tag.of("direction", "output")), (double) consumed.outputTokens());
        add("usage.characters", own, (double) consumed.characters());
        BigDecimal cost = usage.cost();
        add("usage.cost", own, cost == null ? 0 : cost.doubleValue());
    }

    private void add(String name, Tags tags, double amount) {
        if (amount > 0) {
            registry.counter(name, tags).increment(amount);
        }
    }
}
