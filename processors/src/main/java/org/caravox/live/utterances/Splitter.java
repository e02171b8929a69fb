package org.caravox.live.utterances;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.caravox.audio.activity.Loudness;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one channel of signed 16-bit little-endian PCM into utterances: the turns of who speaks, cut after 15 seconds where
 * they are quietest. For one thread.
 */
final class Splitter implements Turns.Listener {

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

    private static final int LONGEST_FRAMES = 15_000 / 20;
    private static final int CUT_WITHIN_FRAMES = 4_000 / 20;

    private final int sampleRateHz;
    private final Turns turns;
    private final List<byte[]> open = new ArrayList<>();
    private final List<Piece> ended = new ArrayList<>();
    private double openFrom;

    /** @param pause how long a pause ends an utterance, as {@link Turns} has it */
    Splitter(int sampleRateHz, @Nullable Duration pause) {
        this.sampleRateHz = sampleRateHz;
        this.turns = new Turns(sampleRateHz, pause, this);
    }

    /** Takes any number of bytes; gives the utterances that end in them. */
    List<Piece> hear(byte[] pcm) {
        turns.hear(pcm);
        List<Piece> all = List.copyOf(ended);
        ended.clear();
        return all;
    }

    @Override
    public void said(double at, byte[] frame) {
        if (open.isEmpty()) {
            openFrom = at;
        }
        open.add(frame);
        if (open.size() >= LONGEST_FRAMES) {
            ended.add(cut(quietest(), false, false));
        }
    }

    @Override
    public void paused() {
        ended.add(cut(open.size(), true, false));
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
        ByteArrayOutputStream pcm = new ByteArrayOutputStream(count * open.get(0).length);
        List<byte[]> cut = open.subList(0, count);
        cut.forEach(pcm::writeBytes);
        cut.clear();
        double start = openFrom;
        double seconds = pcm.size() / (2.0 * sampleRateHz);
        openFrom += seconds;
        return new Piece(start, seconds, pcm.toByteArray(), endpoint, asked);
    }

    /** Ends what is open here and now; an empty piece when nothing is. */
    Piece settle(boolean endpoint, boolean asked) {
        if (open.isEmpty()) {
            double from = turns.quietUntil();
            return new Piece(from, turns.heard() - from, new byte[0], endpoint, asked);
        }
        turns.settle();
        return cut(open.size(), endpoint, asked);
    }

    /** Up to where nothing is open, in seconds. */
    double quietUntil() {
        return open.isEmpty() ? turns.quietUntil() : openFrom;
    }
}
