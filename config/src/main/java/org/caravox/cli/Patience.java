package org.caravox.cli;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks a hub again that does not answer or fails, six times within half a minute, and says so; and one that says when to
 * come back ({@code Retry-After}) then, however often.
 */
final class Patience {

    private static final int TRIES = 6;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration SAID_EVERY = Duration.ofSeconds(1);

    private final PrintStream out;
    private final LongSupplier nanos;
    private final AtomicLong lastSaid;
    private final Retry silent;
    private final Retry busy;

    Patience() {
        this(System.err, System::nanoTime, FIRST_WAIT);
    }

    /**
     * @param out       is told what is waited for
     * @param nanos     the time that passes, as {@link System#nanoTime()} tells it
     * @param firstWait after the first failure; each further wait is twice as long
     */
    Patience(PrintStream out, LongSupplier nanos, Duration firstWait) {
        this.out = out;
        this.nanos = nanos;
        this.lastSaid = new AtomicLong(nanos.getAsLong() - SAID_EVERY.toNanos());
        this.silent = Retry.of(
                "silent hub",
                RetryConfig.custom()
                        .maxAttempts(TRIES)
                        .intervalFunction(IntervalFunction.ofExponentialBackoff(firstWait, 2))
                        .retryOnException(e -> e instanceof HubFailure f && f.mayPass() && !f.saysWhen())
                        .build());
        silent.getEventPublisher().onRetry(again -> say(again.getLastThrowable(), again.getWaitInterval()));
        this.busy = Retry.of(
                "busy hub",
                RetryConfig.custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .intervalBiFunction((tries, failure) ->
                                ((HubFailure) failure.getLeft()).retryAfter().toMillis())
                        .retryOnException(e -> e instanceof HubFailure f && f.mayPass() && f.saysWhen())
                        .build());
    }

    /**
     * What the hub answers in the end.
     *
     * @throws HubFailure the last one, when it is of no use to ask again
     */
    <T> T ask(Supplier<T> request) {
        return busy.executeSupplier(() -> silent.executeSupplier(request));
    }

    private void say(Throwable why, Duration wait) {
        long now = nanos.getAsLong();
        long last = lastSaid.get();
        if (now - last >= SAID_EVERY.toNanos() && lastSaid.compareAndSet(last, now)) {
            out.printf(Locale.ROOT, "%s; trying again in %d s%n", why.getMessage(), wait.toSeconds());
        }
    }
}
