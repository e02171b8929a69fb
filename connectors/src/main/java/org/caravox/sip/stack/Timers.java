package org.caravox.sip.stack;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has things done later, each where it belongs. */
final class Timers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Timers.class);

    private final ScheduledThreadPoolExecutor clock;

    Timers() {
        this.clock = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(task, "sip-timers");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    Future<?> in(Duration delay, Executor where, Runnable task) {
        return clock.schedule(() -> handOver(where, task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same, for what is never cancelled. */
    void after(Duration delay, Executor where, Runnable task) {
        Future<?> unused = in(delay, where, task);
    }

    void every(Duration first, Duration period, Executor where, Runnable task) {
        Future<?> unused = clock.scheduleWithFixedDelay(
                () -> handOver(where, task), first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void handOver(Executor where, Runnable task) {
        try {
            where.execute(task);
        } catch (RejectedExecutionException e) {
            log.warn("sip.timer.lost");
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
