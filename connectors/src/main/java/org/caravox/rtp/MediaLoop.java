package org.caravox.rtp;

import io.netty.channel.nio.NioEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that carries many legs: it reads their ports, and every 20 ms it serves each of them. Legs are spread over the
 * 20 ms, so that packets leave evenly. Times are those of {@link System#nanoTime}, and late turns are made up for, so that
 * nothing drifts.
 */
final class MediaLoop {

    private static final Logger LOG = LoggerFactory.getLogger(MediaLoop.class);

    private static final int PHASES = 10;
    private static final long PHASE_NANOS = JitterBuffer.FRAME_MS * 1_000_000L / PHASES;

    /** After a longer pause of the process what was missed is not made up for. */
    private static final long MOST_LATE_NANOS = 2_000_000_000L;

    private final NioEventLoop thread;
    private final List<List<RtpLeg>> phases = new ArrayList<>();

    /** For whatever is read or written: one packet at a time, by this thread alone. */
    final ByteBuffer direct = ByteBuffer.allocateDirect(2_048);

    final byte[] packet = new byte[2_048];

    private long start;
    private long turn;
    private final AtomicInteger assigned = new AtomicInteger();
    private int legs;
    private @Nullable ScheduledFuture<?> timer;

    MediaLoop(NioEventLoop thread) {
        this.thread = thread;
        for (int phase = 0; phase < PHASES; phase++) {
            phases.add(new ArrayList<>());
        }
    }

    NioEventLoop thread() {
        return thread;
    }

    /** How many legs it carries or is about to: near enough to share them out. */
    int assigned() {
        return assigned.get();
    }

    /** A leg is about to be added, or has gone. */
    void assign(int more) {
        assigned.addAndGet(more);
    }

    /** On the loop, as all that follows. */
    void add(RtpLeg leg) {
        if (legs++ == 0) {
            start = System.nanoTime();
            turn = 0;
        }
        emptiest().add(leg);
        schedule();
    }

    void remove(RtpLeg leg) {
        for (List<RtpLeg> phase : phases) {
            if (phase.remove(leg)) {
                legs--;
            }
        }
    }

    private List<RtpLeg> emptiest() {
        List<RtpLeg> emptiest = phases.get(0);
        for (List<RtpLeg> phase : phases) {
            if (phase.size() < emptiest.size()) {
                emptiest = phase;
            }
        }
        return emptiest;
    }

    private void schedule() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (legs == 0) {
            return;
        }
        while (phases.get((int) (turn % PHASES)).isEmpty()) {
            turn++;
        }
        timer = thread.schedule((Runnable) this::serve, due() - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private long due() {
        return start + turn * PHASE_NANOS;
    }

    private void serve() {
        long now = System.nanoTime();
        long missed = now - due() - MOST_LATE_NANOS;
        if (missed > 0) {
            turn += missed / PHASE_NANOS;
        }
        try {
            for (; due() <= now; turn++) {
                // A copy: a leg may close another, or itself.
                for (RtpLeg leg : List.copyOf(phases.get((int) (turn % PHASES)))) {
                    serveOne(leg);
                }
            }
        } finally {
            schedule();
        }
    }

    /** One leg's trouble is not the others'. */
    private void serveOne(RtpLeg leg) {
        try {
            leg.tick(due());
        } catch (RuntimeException e) {
            LOG.error("rtp.failed port={}", leg.port(), e);
        }
    }
}
