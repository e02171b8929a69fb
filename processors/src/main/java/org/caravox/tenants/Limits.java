package org.caravox.tenants;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.caravox.requests.Refusal;

/** How much each tenant may ask. */
public final class Limits {

    /**
     * A tenant's limits.
     *
     * @param requestsPerMinute the steady rate, at least 1
     * @param burst             how many may come at once after a pause, at least 1
     * @param concurrent        how many may be under way at a time, at least 1
     */
    public record Limit(int requestsPerMinute, int burst, int concurrent) {

        public Limit {
            if (requestsPerMinute < 1 || burst < 1 || concurrent < 1) {
                throw new IllegalArgumentException(
                        "caravox.limits: requests-per-minute, burst and concurrent must be at" + " least 1, were "
                                + requestsPerMinute + ", " + burst + ", " + concurrent);
            }
        }
    }

    /**
     * A request that was let in.
     *
     * @param limit     the burst size
     * @param remaining how many more may come now
     * @param resetIn   when the burst is whole again
     * @param release   to be run once, when the request has ended
     */
    public record Pass(int limit, long remaining, Duration resetIn, Runnable release) {}

    /** Where a tenant's requests are counted: who takes from the same bucket shares the limit. */
    @FunctionalInterface
    public interface Buckets {

        /** In this hub. */
        Buckets OF_THIS_HUB = (tenant, limit) -> {
            Bucket bucket = Bucket.builder().addLimit(bandwidth(limit)).build();
            return () -> bucket.tryConsumeAndReturnRemaining(1);
        };

        /** The bucket of a tenant. */
        Supplier<ConsumptionProbe> of(String tenant, Limit limit);
    }

    private record Gate(Limit limit, Supplier<ConsumptionProbe> bucket, Semaphore places) {}

    private final Function<String, Limit> limitOfTenant;
    private final Buckets buckets;
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    /**
     * Limits.
     *
     * @param buckets where requests a minute are counted; those at a time are counted in this hub
     */
    public Limits(Function<String, Limit> limitOfTenant, Buckets buckets) {
        this.limitOfTenant = limitOfTenant;
        this.buckets = buckets;
    }

    /**
     * Lets a request in.
     *
     * @throws Refusal TOO_MANY, with the time to wait
     */
    public Pass enter(String tenant) {
        Gate gate = gates.computeIfAbsent(tenant, this::gate);
        ConsumptionProbe probe = gate.bucket().get();
        if (!probe.isConsumed()) {
            throw tooMany(
                    "over the limit of " + gate.limit().requestsPerMinute() + " requests a minute",
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        if (!gate.places().tryAcquire()) {
            throw tooMany(
                    "over the limit of " + gate.limit().concurrent() + " requests at a time", Duration.ofSeconds(1));
        }
        return new Pass(
                gate.limit().burst(),
                probe.getRemainingTokens(),
                Duration.ofNanos(probe.getNanosToWaitForReset()),
                gate.places()::release);
    }

    private static Refusal tooMany(String message, Duration retryAfter) {
        return new Refusal(Refusal.Reason.TOO_MANY, message, retryAfter, null);
    }

    private Gate gate(String tenant) {
        Limit limit = limitOfTenant.apply(tenant);
        return new Gate(limit, buckets.of(tenant, limit), new Semaphore(limit.concurrent()));
    }

    static Bandwidth bandwidth(Limit limit) {
        return Bandwidth.builder()
                .capacity(limit.burst())
                .refillGreedy(limit.requestsPerMinute(), Duration.ofMinutes(1))
                .build();
    }
}
