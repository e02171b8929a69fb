package org.caravox.door.live;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets an event loop with many streams look for what has come a few hundred times a second, not once for each frame: it
 * finds many at a time then. A loop with little to do is not held up. RATIONALE.md has the figures.
 */
final class Unhurried implements SelectStrategy {

    private final SelectStrategy usual = DefaultSelectStrategyFactory.INSTANCE.newSelectStrategy();
    private final long everyNanos;
    private long last = System.nanoTime();

    /** @param every how long after it has looked it looks again, at the earliest */
    Unhurried(Duration every) {
        this.everyNanos = every.toNanos();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        long since = System.nanoTime() - last;
        if (!hasTasks && since < everyNanos) {
            LockSupport.parkNanos(everyNanos - since);
        }
        last = System.nanoTime();
        return usual.calculateStrategy(selectNow, hasTasks);
    }
}
