package org.caravox.agents;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Something that is to happen later on a loop, unless it is put off. On the loop only. */
final class Alarm {

    private final ScheduledExecutorService loop;
    private @Nullable Future<?> set;

    Alarm(ScheduledExecutorService loop) {
        this.loop = loop;
    }

    /** Instead of what was set before. */
    void set(Duration in, Runnable then) {
        cancel();
        try {
            set = loop.schedule(then, Math.max(0, in.toNanos()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            set = null; // the loop has ended, and the call with it
        }
    }

    void cancel() {
        if (set != null) {
            set.cancel(false);
            set = null;
        }
    }
}
