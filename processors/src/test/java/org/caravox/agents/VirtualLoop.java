package org.caravox.agents;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** One thread whose time goes on when a test says so. */
final class VirtualLoop extends AbstractExecutorService implements ScheduledExecutorService {

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long at;
        private final long order;

        Task(Callable<V> work, long at) {
            super(work);
            this.at = at;
            this.order = tasks++;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override
        protected void setException(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private final PriorityQueue<Task<?>> waiting = new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.at).thenComparingLong(task -> task.order));
    private long now = 1;
    private long tasks;

    long nanos() {
        return now;
    }

    /** All that is due until then happens. */
    void advance(Duration time) {
        long until = now + time.toNanos();
        while (!waiting.isEmpty() && waiting.peek().at <= until) {
            Task<?> next = waiting.remove();
            now = Math.max(now, next.at);
            next.run();
        }
        now = until;
    }

    /** What is still to happen, and was not called off. */
    long pending() {
        return waiting.stream().filter(task -> !task.isCancelled()).count();
    }

    private <V> Task<V> add(Callable<V> work, long delay) {
        Task<V> task = new Task<>(work, now + Math.max(0, delay));
        waiting.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return add(
                () -> {
                    work.run();
                    return null;
                },
                unit.toNanos(delay));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        return add(work, unit.toNanos(delay));
    }

    @Override
    public void execute(Runnable work) {
        var unused = schedule(work, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long time, TimeUnit unit) {
        return false;
    }
}
