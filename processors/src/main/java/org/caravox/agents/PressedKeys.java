package org.caravox.agents;

import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Keys that the caller presses until they are a turn: after #, or when no other follows. On the call's loop only. */
final class PressedKeys {

    private static final int MOST = 64;

    private final AgentKeys settings;
    private final BooleanSupplier free;
    private final Consumer<String> turn;
    private final Alarm due;
    private final StringBuilder keys = new StringBuilder();

    /**
     * None was pressed yet.
     *
     * @param free whether a turn can be taken; while it cannot, the keys wait
     * @param turn takes the keys as words to the model: they are the caller's turn, or belong to it
     */
    PressedKeys(AgentKeys settings, ScheduledExecutorService loop, BooleanSupplier free, Consumer<String> turn) {
        this.settings = settings;
        this.free = free;
        this.turn = turn;
        this.due = new Alarm(loop);
    }

    /** 0-9, *, #, A-D. */
    void press(char key) {
        if (keys.length() < MOST) {
            keys.append(key);
        }
        if (key == '#') {
            entered();
        } else {
            due.set(settings.pause(), this::entered);
        }
    }

    private void entered() {
        if (keys.isEmpty()) {
            return;
        }
        if (!free.getAsBoolean()) {
            due.set(settings.pause(), this::entered);
            return;
        }
        due.cancel();
        String pressed = "The caller pressed " + keys.toString().replaceAll("(.)(?=.)", "$1 ");
        keys.setLength(0);
        turn.accept(pressed);
    }

    /** Whether none was pressed that is no turn yet. */
    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** No turn comes of them any more. */
    void cancel() {
        due.cancel();
    }
}
