package org.caravox.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What many threads ask of the database at a time is done in one transaction: whoever is first does it for all who
 * came while the one before was under way (group commit). Nobody waits for others to come.
 *
 * @param <T> what is asked
 * @param <R> what comes of it
 */
final class Together<T, R> {

    private static final class Ask<T, R> {
        private final T what;
        private @Nullable R answer;
        private @Nullable RuntimeException failure;
        private boolean done;

        Ask(T what) {
            this.what = what;
        }
    }

    private final Queue<Ask<T, R>> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock();
    private final int most;
    private final Function<List<T>, List<R>> work;

    /**
     * Work that is done together.
     *
     * @param most how much at a time
     * @param work gives an answer for each, in the same order, or fails for all
     */
    Together(int most, Function<List<T>, List<R>> work) {
        this.most = most;
        this.work = work;
    }

    /** Has it done. One that is interrupted has it done all the same, since others may depend on it. */
    R ask(T what) {
        Ask<T, R> mine = new Ask<>(what);
        waiting.add(mine);
        boolean interrupted = Thread.interrupted();
        turn.lock();
        try {
            while (!mine.done) {
                next();
            }
        } finally {
            turn.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
        return answer(mine);
    }

    @SuppressWarnings("NullAway") // one that has not failed has an answer
    private static <R> R answer(Ask<?, R> ask) {
        return ask.answer;
    }

    private void next() {
        List<Ask<T, R>> batch = new ArrayList<>();
        for (Ask<T, R> ask = waiting.poll(); ask != null; ask = batch.size() < most ? waiting.poll() : null) {
            batch.add(ask);
        }
        try {
            carryOut(batch);
        } finally {
            batch.forEach(ask -> ask.done = true);
        }
    }

    /** What one of them does wrong is not the others' doing: when they fail together, each is tried by itself. */
    private void carryOut(List<Ask<T, R>> batch) {
        try {
            List<R> answers = work.apply(batch.stream().map(ask -> ask.what).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer = answers.get(i);
            }
        } catch (RuntimeException | Error e) {
            if (batch.size() == 1 || e instanceof Error || DatabaseAway.is(e)) {
                RuntimeException failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                batch.forEach(ask -> ask.failure = failure);
            } else {
                batch.forEach(ask -> carryOut(List.of(ask)));
            }
        }
    }
}
