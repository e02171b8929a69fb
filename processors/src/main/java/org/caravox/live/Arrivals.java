package org.caravox.live;

import java.time.Duration;
import java.util.Optional;

/** When the last seconds of a stream came in, to a tenth of a second of audio: for latencies. For one thread. */
final class Arrivals {

    private static final int KEPT = 128;

    private final long every;
    private final long[] positions = new long[KEPT];
    private final long[] nanos = new long[KEPT];
    private int count;

    /** @param every how many bytes lie between two that are remembered */
    Arrivals(long every) {
        this.every = every;
    }

    /** The audio up to a position is here. */
    void add(long position, long now) {
        if (count == 0 || position - positions[(count - 1) % KEPT] >= every) {
            positions[count % KEPT] = position;
            nanos[count % KEPT] = now;
            count++;
        }
    }

    /** How long ago the audio up to a position was here; empty when that is not remembered. */
    Optional<Duration> since(long position, long now) {
        int oldest = Math.max(0, count - KEPT);
        for (int i = oldest; i < count; i++) {
            if (positions[i % KEPT] >= position) {
                boolean forgotten = i == oldest && oldest > 0;
                return forgotten ? Optional.empty() : Optional.of(Duration.ofNanos(now - nanos[i % KEPT]));
            }
        }
        return Optional.empty();
    }
}
