package org.caravox.calls;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * A caller's time in a queue.
 *
 * @param queue    which, and what is heard in it
 * @param since    when it began
 * @param turn     done with true when there is a place, with false when the wait was too long; fails when the call is over
 * @param position which place they have: 1 is next
 */
record Waiting(CallSettings.Queue queue, Instant since, CompletableFuture<Boolean> turn, IntSupplier position) {

    /** The longest wait begins. */
    void begin() {
        var unused = turn.completeOnTimeout(false, queue.longest().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What they hear now. */
    String announcement() {
        return queue.say().replace("{position}", Integer.toString(Math.max(1, position.getAsInt())));
    }

    /** Whether there is still hope of a place. */
    boolean goesOn() {
        return !turn.isDone();
    }

    /** Whether they got a place. */
    boolean isPlaced() {
        return turn.isDone() && !turn.isCompletedExceptionally() && turn.join();
    }

    /** Whether they waited for nothing. */
    boolean wasTooLong() {
        return turn.isDone() && !turn.isCompletedExceptionally() && !turn.join();
    }
}
