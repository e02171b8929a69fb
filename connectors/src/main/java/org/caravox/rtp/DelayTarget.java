package org.caravox.rtp;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long speech should wait before it is heard, so that all but one packet in thirty is there in time: learnt from how
 * much later than the quickest each packet comes, old ones forgotten slowly.
 */
final class DelayTarget {

    private static final int STEP_MS = 5;
    private static final double LATE_SHARE = 1 / 30.0;
    private static final double FORGET_SLOWLY = 0.995;
    private static final long WINDOW_NANOS = 5_000_000_000L;
    private static final double NOT_JITTER_MS = 2_000;

    private final int leastMs;
    private final int mostMs;
    private final double[] shares;

    private int learnt;
    private int targetMs;
    private double quickestMs;
    private double quickestBeforeMs;
    private long windowStart;

    DelayTarget(Duration least, Duration most) {
        leastMs = (int) least.toMillis();
        mostMs = (int) most.toMillis();
        shares = new double[mostMs / STEP_MS + 1];
        clear();
    }

    void clear() {
        Arrays.fill(shares, 0);
        learnt = 0;
        targetMs = Math.min(mostMs, Math.max(leastMs, 40));
        quickestMs = Double.NaN;
        quickestBeforeMs = Double.NaN;
    }

    int milliseconds() {
        return targetMs;
    }

    void learn(long timestamp, int clockHz, long arrivedNanos) {
        double transitMs = arrivedNanos * 1e-6 - timestamp * 1e3 / clockHz;
        double excess = transitMs - quickest(transitMs, arrivedNanos);
        if (Math.abs(excess) > NOT_JITTER_MS) {
            clear();
            return;
        }
        double keep = Math.min(FORGET_SLOWLY, learnt / (learnt + 1.0));
        learnt++;
        for (int i = 0; i < shares.length; i++) {
            shares[i] *= keep;
        }
        shares[Math.min(shares.length - 1, (int) (excess / STEP_MS))] += 1 - keep;
        // Enough for the first impression, then now and then: the sum costs more than the rest.
        if (learnt < 16 || (learnt & 7) == 0) {
            targetMs = Math.min(mostMs, Math.max(leastMs, quantileMs() + 2 * STEP_MS));
        }
    }

    private double quickest(double transitMs, long arrivedNanos) {
        if (Double.isNaN(quickestMs)) {
            quickestMs = transitMs;
            quickestBeforeMs = transitMs;
            windowStart = arrivedNanos;
        } else if (arrivedNanos - windowStart > WINDOW_NANOS) {
            quickestBeforeMs = quickestMs;
            quickestMs = transitMs;
            windowStart = arrivedNanos;
        }
        quickestMs = Math.min(quickestMs, transitMs);
        return Math.min(quickestMs, quickestBeforeMs);
    }

    private int quantileMs() {
        double late = 0;
        int step = shares.length - 1;
        while (step > 0 && late + shares[step] < LATE_SHARE) {
            late += shares[step--];
        }
        return step * STEP_MS;
    }
}
