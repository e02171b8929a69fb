package org.caravox.requests;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether the caller of a request has gone, and who wants to know at once. */
public final class HangUp {

    /** Ends the interest that {@link #whenHungUp} registered. */
    @FunctionalInterface
    public interface Interest extends AutoCloseable {
        @Override
        void close();
    }

    private final CountDownLatch gone = new CountDownLatch(1);
    private final Set<Runnable> interested = ConcurrentHashMap.newKeySet();

    /** The caller has gone: whoever is interested is told, once. */
    public void hangUp() {
        gone.countDown();
        for (Runnable told : interested) {
            tell(told);
        }
    }

    public boolean hungUp() {
        return gone.getCount() == 0;
    }

    /** Runs something when the caller hangs up, or at once if that has happened. It must be quick and not throw. */
    public Interest whenHungUp(Runnable then) {
        interested.add(then);
        if (hungUp()) {
            tell(then);
        }
        return () -> interested.remove(then);
    }

    /** Waits a while; says whether the caller hung up meanwhile. */
    public boolean within(Duration time) throws InterruptedException {
        return gone.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tell(Runnable then) {
        if (interested.remove(then)) {
            then.run();
        }
    }
}
