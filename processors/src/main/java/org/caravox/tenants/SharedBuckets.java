package org.caravox.tenants;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.caravox.tenants.Limits.Buckets;
import org.caravox.tenants.Limits.Limit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buckets that all hubs of a database share. Each hub tells the others what it has let in every {@link #TOLD_EVERY}, or
 * sooner when that is a {@link #UNTOLD_SHARE twentieth of the burst}: so much may each of the others let in too much, and
 * it is taken off what may come next. While the database is away, each hub counts for itself.
 */
public final class SharedBuckets implements Buckets {

    private static final Logger log = LoggerFactory.getLogger(SharedBuckets.class);
    private static final Duration TOLD_EVERY = Duration.ofMillis(100);
    private static final int UNTOLD_SHARE = 20;
    private static final Duration BY_ITSELF_FOR = Duration.ofSeconds(5);

    private final BucketsTable table;
    private final Clock clock;
    private volatile boolean away;
    private Instant byItselfUntil = Instant.MIN;

    public SharedBuckets(Jdbi database, Clock clock) {
        this.table = new BucketsTable(database);
        this.clock = clock;
    }

    @Override
    public Supplier<ConsumptionProbe> of(String tenant, Limit limit) {
        BucketConfiguration configuration =
                BucketConfiguration.builder().addLimit(Limits.bandwidth(limit)).build();
        BucketProxy shared = table.builder()
                .withOptimization(Optimizations.delaying(
                        new DelayParameters(Math.max(1, limit.burst() / UNTOLD_SHARE), TOLD_EVERY)))
                .build(name(tenant, limit), () -> configuration);
        Supplier<ConsumptionProbe> own = Buckets.OF_THIS_HUB.of(tenant, limit);
        return () -> take(shared, own);
    }

    /** A changed limit is another bucket: one that is there keeps the limit that it was made with. */
    private static String name(String tenant, Limit limit) {
        return tenant + " " + limit.requestsPerMinute() + "/" + limit.burst();
    }

    private ConsumptionProbe take(BucketProxy shared, Supplier<ConsumptionProbe> own) {
        if (away && !isTimeToLook()) {
            return own.get();
        }
        try {
            ConsumptionProbe probe = shared.tryConsumeAndReturnRemaining(1);
            if (away) {
                away = false;
                log.info("limits.shared.again");
            }
            return probe;
        } catch (RuntimeException e) {
            tellOfAbsence(e);
            return own.get();
        }
    }

    private synchronized void tellOfAbsence(RuntimeException failure) {
        if (!away) {
            away = true;
            byItselfUntil = clock.instant().plus(BY_ITSELF_FOR);
            log.warn("limits.shared.away reason=\"{}\": each hub counts for itself", failure.getMessage());
        }
    }

    /** One request at a time looks whether the database is back: it may have to wait. */
    private synchronized boolean isTimeToLook() {
        Instant now = clock.instant();
        if (now.isBefore(byItselfUntil)) {
            return false;
        }
        byItselfUntil = now.plus(BY_ITSELF_FOR);
        return true;
    }

    /** Removes the buckets of tenants that have not called for a while. */
    public void clean() {
        table.clean();
    }
}
