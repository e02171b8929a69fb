package org.caravox.config;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What secrets are, as it was found out last. A secret is looked up again after a minute, while the one of before is
 * used; where that fails, it is used for an hour. A lookup that fails at first is tried again after seconds.
 */
final class SecretLookups {

    /** Where secrets are found. */
    @FunctionalInterface
    interface Source {
        /** What finds a secret, blank when there is none; it may take its time, on a thread of its own. */
        Supplier<String> lookup(String name);
    }

    private static final Logger log = LoggerFactory.getLogger(SecretLookups.class);
    private static final Duration AGAIN_AFTER = Duration.ofMinutes(1);
    private static final Duration USED_FOR = Duration.ofHours(1);
    private static final Duration FAILED_FOR = Duration.ofSeconds(5);

    private record Found(Optional<String> secret, Instant at, boolean failed) {}

    private final Source source;
    private final Duration patience;
    private final Clock clock;
    private final Executor threads = Executors.newCachedThreadPool(SecretLookups::thread);

    /** One at most for each name, so that a source that hangs does not hold one thread after another. */
    private final Map<String, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();

    private final AsyncLoadingCache<String, Found> known;

    /** @param patience how long a lookup may take */
    SecretLookups(Source source, Duration patience, Clock clock) {
        this.source = source;
        this.patience = patience;
        this.clock = clock;
        this.known = Caffeine.newBuilder()
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .refreshAfterWrite(AGAIN_AFTER)
                .expireAfter(Expiry.writing((String name, Found found) -> found.failed() ? FAILED_FOR : USED_FOR))
                .buildAsync(new Loader());
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "secrets");
        thread.setDaemon(true);
        return thread;
    }

    /** A secret; empty when there is none, or nobody can tell now. */
    Optional<String> of(String name) {
        return known.get(name).join().secret();
    }

    private CompletableFuture<Found> look(String name, Optional<Found> before) {
        Supplier<String> work = source.lookup(name);
        return underWay.computeIfAbsent(
                        name, wanted -> CompletableFuture.supplyAsync(() -> once(wanted, work), threads))
                .copy()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((secret, failure) -> failure == null ? found(secret) : failed(name, before, failure));
    }

    private String once(String name, Supplier<String> work) {
        try {
            return work.get();
        } finally {
            underWay.remove(name);
        }
    }

    private Found found(String secret) {
        return new Found(Optional.of(secret.strip()).filter(some -> !some.isEmpty()), clock.instant(), false);
    }

    private Found failed(String name, Optional<Found> before, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        log.warn("secret.missing name={} kind={}", name, cause.getClass().getSimpleName());
        return before.filter(found -> clock.instant().isBefore(found.at().plus(USED_FOR)))
                .orElseGet(() -> new Found(Optional.empty(), clock.instant(), true));
    }

    private final class Loader implements AsyncCacheLoader<String, Found> {

        @Override
        public CompletableFuture<Found> asyncLoad(String name, Executor executor) {
            return look(name, Optional.empty());
        }

        @Override
        public CompletableFuture<Found> asyncReload(String name, Found before, Executor executor) {
            return look(name, Optional.of(before));
        }
    }
}
