package org.caravox.live;

import java.time.Duration;

/** Holds the sender of a session back while it is ahead of its pace, or too much of its audio waits. For the loop. */
final class BackPressure {

    private final Positions positions;
    private final LiveSettings settings;
    private final LiveMetrics metrics;
    private final Loop loop;
    private final Telling telling;
    private long paced;
    private boolean ahead;
    private boolean full;
    private boolean held;

    BackPressure(Positions positions, LiveOutside outside, Loop loop, Telling telling) {
        this.positions = positions;
        this.settings = outside.settings();
        this.metrics = outside.metrics();
        this.loop = loop;
        this.telling = telling;
        this.paced = loop.now() - settings.burst().toNanos();
    }

    boolean isHeld() {
        return held;
    }

    /** Audio may come a little faster than real time, and after a pause some of it at once. */
    void took(int bytes, long now) {
        long audioNanos = (long) (positions.nanos(bytes) / settings.pace());
        paced = Math.max(paced, now - settings.burst().toNanos()) + audioNanos;
        if (paced <= now || ahead) {
            return;
        }
        ahead = true;
        loop.later(Duration.ofNanos(paced - now), () -> {
            ahead = false;
            hold();
        });
        hold();
    }

    /** Whether as much audio as may waits. */
    void full(boolean isFull) {
        full = isFull;
        hold();
    }

    private void hold() {
        boolean hold = ahead || full;
        if (hold == held) {
            return;
        }
        held = hold;
        LiveClient there = telling.client();
        if (there == null) {
            return;
        }
        if (hold) {
            metrics.throttled();
            there.pause();
        } else {
            there.resume();
        }
    }
}
