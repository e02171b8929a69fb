package org.caravox.live.utterances;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.caravox.audio.activity.Loudness;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one channel of signed 16-bit little-endian PCM into utterances: each begins a little before somebody speaks, and
 * ends at a pause, or after 15 seconds where it is quietest. Silence is left out. For one thread.
 */
final class Splitter {

    /**
     * An utterance.
     *
     * @param start    seconds from the beginning of the channel
     * @param seconds  how long it is
     * @param pcm      its samples; none when there was nothing to settle
     * @param endpoint whether a pause, or the end, follows
     * @param asked    whether it ends because that was asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Piece(double start, double seconds, byte[] pcm, boolean endpoint, boolean asked) {

        double end() {
            return start + seconds;
        }
    }

    private static final int FRAME_MS = 20;
    private static final int BEFORE_FRAMES = 300 / FRAME_MS;
    private static final int ONSET_FRAMES = 60 / FRAME_MS;
    private static final int LONGEST_FRAMES = 15_000 / FRAME_MS;
    private static final int CUT_WITHIN_FRAMES = 4_000 / FRAME_MS;
    private static final Duration USUAL_PAUSE = Duration.ofMillis(700);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);

    private final int frameBytes;
    private final double frameSeconds;
    private final long pauseFrames;
    private final Loudness loudness = new Loudness();
    private final Deque<byte[]> before = new ArrayDeque<>();
    private final List<byte[]> open = new ArrayList<>();
    private byte[] rest = {};
    private long frames;
    private int loudFrames;
    private int quietFrames;

    /** @param pause how long a pause ends an utterance; null is 0.7 s; zero is never */
    Splitter(int sampleRateHz, @Nullable Duration pause) {
        int samples = sampleRateHz * FRAME_MS / 1000;
        this.frameBytes = 2 * samples;
        this.frameSeconds = (double) samples / sampleRateHz;
        Duration wanted = pause == null ? USUAL_PAUSE : pause;
        Duration least = wanted.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : wanted;
        this.pauseFrames = wanted.isZero() ? Long.MAX_VALUE : least.toMillis() / FRAME_MS;
    }

    /** Takes any number of bytes; gives the utterances that end in them. */
    List<Piece> hear(byte[] pcm) {
        List<Piece> ended = new ArrayList<>();
        byte[] all = joined(rest, pcm);
        int at = 0;
        for (; at + frameBytes <= all.length; at += frameBytes) {
            frame(Arrays.copyOfRange(all, at, at + frameBytes), ended);
        }
        rest = Arrays.copyOfRange(all, at, all.length);
        return ended;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        if (one.length == 0) {
            return other;
        }
        byte[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }

    private void frame(byte[] frame, List<Piece> ended) {
        boolean loud = loudness.isLoud(Loudness.level(frame));
        loudFrames = loud ? loudFrames + 1 : 0;
        quietFrames = loud ? 0 : quietFrames + 1;
        frames++;
        if (open.isEmpty()) {
            before.add(frame);
            if (loudFrames >= ONSET_FRAMES) {
                open.addAll(before);
                before.clear();
            } else if (before.size() > BEFORE_FRAMES) {
                before.remove();
            }
            return;
        }
        open.add(frame);
        if (quietFrames >= pauseFrames) {
            ended.add(cut(open.size(), true, false));
        } else if (open.size() >= LONGEST_FRAMES) {
            ended.add(cut(quietest(), false, false));
        }
    }

    /** Where the last seconds are quietest, over a tenth of a second. */
    private int quietest() {
        int first = open.size() - CUT_WITHIN_FRAMES;
        int best = open.size();
        double least = Double.MAX_VALUE;
        for (int at = first; at + 5 <= open.size(); at++) {
            double level = open.subList(at, at + 5).stream()
                    .mapToDouble(Loudness::level)
                    .average()
                    .orElse(0);
            if (level < least) {
                least = level;
                best = at + 2;
            }
        }
        return best;
    }

    private Piece cut(int count, boolean endpoint, boolean asked) {
        double start = openFrom();
        List<byte[]> cut = open.subList(0, count);
        ByteArrayOutputStream pcm = new ByteArrayOutputStream(count * frameBytes);
        cut.forEach(pcm::writeBytes);
        cut.clear();
        return new Piece(start, count * frameSeconds, pcm.toByteArray(), endpoint, asked);
    }

    private double openFrom() {
        return (frames - open.size()) * frameSeconds;
    }

    /** Ends what is open here and now; an empty piece when nothing is. */
    Piece settle(boolean endpoint, boolean asked) {
        if (open.isEmpty()) {
            double from = quietUntil();
            return new Piece(from, frames * frameSeconds - from, new byte[0], endpoint, asked);
        }
        return cut(open.size(), endpoint, asked);
    }

    /** Up to where nothing is open, in seconds. */
    double quietUntil() {
        return open.isEmpty() ? (frames - before.size()) * frameSeconds : openFrom();
    }
}
