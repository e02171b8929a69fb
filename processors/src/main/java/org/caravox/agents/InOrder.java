package org.caravox.agents;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs one thing after another on an executor of many threads. */
final class InOrder implements Executor {

    private final Executor threads;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    InOrder(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable work) {
        synchronized (waiting) {
            waiting.add(work);
            if (running) {
                return;
            }
            running = true;
        }
        start();
    }

    private void start() {
        try {
            threads.execute(this::all);
        } catch (RejectedExecutionException e) {
            synchronized (waiting) {
                running = false;
                waiting.clear();
            }
            throw e;
        }
    }

    private void all() {
        Runnable next = poll();
        while (next != null) {
            next.run();
            next = poll();
        }
    }

    private @Nullable Runnable poll() {
        synchronized (waiting) {
            Runnable next = waiting.poll();
            running = next != null;
            return next;
        }
    }
}
