package org.caravox.live.utterances;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.caravox.audio.activity.Loudness;
import org.jspecify.annotations.Nullable;

/**
 * Tells who speaks when on one channel of signed 16-bit little-endian PCM, by its loudness: a turn begins a little before
 * somebody speaks, and ends at a pause. Silence is left out. For one thread.
 */
public final class Turns {

    /** Told what is said, while it is said. */
    public interface Listener {

        /**
         * The next 20 ms of a turn.
         *
         * @param at seconds from the beginning of the channel
         */
        void said(double at, byte[] frame);

        /** The turn has ended with a pause. */
        void paused();
    }

    private static final int FRAME_MS = 20;
    private static final int BEFORE_FRAMES = 300 / FRAME_MS;
    private static final int ONSET_FRAMES = 60 / FRAME_MS;
    private static final Duration USUAL_PAUSE = Duration.ofMillis(700);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);

    private final int frameBytes;
    private final double frameSeconds;
    private final long pauseFrames;
    private final Listener listener;
    private final Loudness loudness = new Loudness();
    private final Deque<byte[]> before = new ArrayDeque<>();
    private byte[] rest = {};
    private long frames;
    private int loudFrames;
    private int quietFrames;
    private boolean open;

    /** @param pause how long a pause ends a turn, 0.2 s or more; null is 0.7 s; zero is never */
    public Turns(int sampleRateHz, @Nullable Duration pause, Listener listener) {
        int samples = sampleRateHz * FRAME_MS / 1000;
        this.frameBytes = 2 * samples;
        this.frameSeconds = (double) samples / sampleRateHz;
        Duration wanted = pause == null ? USUAL_PAUSE : pause;
        Duration least = wanted.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : wanted;
        this.pauseFrames = wanted.isZero() ? Long.MAX_VALUE : least.toMillis() / FRAME_MS;
        this.listener = listener;
    }

    /** Takes any number of bytes. */
    public void hear(byte[] pcm) {
        byte[] all = joined(rest, pcm);
        int at = 0;
        for (; at + frameBytes <= all.length; at += frameBytes) {
            frame(Arrays.copyOfRange(all, at, at + frameBytes));
        }
        rest = Arrays.copyOfRange(all, at, all.length);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        if (one.length == 0) {
            return other;
        }
        byte[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }

    private void frame(byte[] frame) {
        boolean loud = loudness.isLoud(Loudness.level(frame));
        loudFrames = loud ? loudFrames + 1 : 0;
        quietFrames = loud ? 0 : quietFrames + 1;
        frames++;
        if (open) {
            listener.said(heard() - frameSeconds, frame);
            if (quietFrames >= pauseFrames) {
                open = false;
                listener.paused();
            }
            return;
        }
        before.add(frame);
        if (loudFrames >= ONSET_FRAMES) {
            begin();
        } else if (before.size() > BEFORE_FRAMES) {
            before.remove();
        }
    }

    private void begin() {
        open = true;
        double at = quietUntil();
        for (byte[] frame : before) {
            listener.said(at, frame);
            at += frameSeconds;
        }
        before.clear();
    }

    /** Ends the turn that is under way, if one is; {@link Listener#paused()} is not told. */
    public void settle() {
        open = false;
        loudFrames = 0; // what goes on begins anew, and not with the last syllable of what was said
    }

    /** How much was heard, in seconds. */
    public double heard() {
        return frames * frameSeconds;
    }

    /** Up to where nobody spoke, in seconds, while no turn is under way. */
    public double quietUntil() {
        return (frames - before.size()) * frameSeconds;
    }

    /** How long it has been quiet, in seconds. */
    public double quietFor() {
        return quietFrames * frameSeconds;
    }
}
