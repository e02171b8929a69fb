package org.caravox.live;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The one thread to which a session belongs.
 *
 * @param thread runs what is to be done
 * @param nanos  the time, as {@link System#nanoTime()}
 */
record Loop(ScheduledExecutorService thread, LongSupplier nanos) {

    long now() {
        return nanos.getAsLong();
    }

    void later(Duration delay, Runnable what) {
        var unused = thread.schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    Future<?> every(Duration period, Runnable what) {
        return thread.scheduleWithFixedDelay(what, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }
}
