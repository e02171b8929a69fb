package org.caravox.rtp;

import java.util.Arrays;

/**
 * Decoded speech that waits to be heard, and a little of what was: enough to make up what is missing in its likeness, and
 * to shorten it without a click. Sources: ITU-T G.711, appendix I (pitch repetition); W. Verhelst, M. Roelands, "WSOLA".
 */
final class SpeechLine {

    /** What is made up fades to nothing in so long. */
    private static final int FADE_MS = 60;

    private static final int FULL_MS = 10;
    /** The longest period, before all that is made up until it has faded. */
    private static final int HISTORY_MS = 80;

    private static final int LONGEST_MS = 1_000;

    private final int perMs;
    private final short[] line;

    private int head;
    private int tail;

    /** How much was made up since the last real sample, and in what period. */
    private int madeUp;

    private int period;

    private final int[] lags;

    SpeechLine(int sampleRateHz) {
        perMs = sampleRateHz / 1_000;
        line = new short[(HISTORY_MS + LONGEST_MS) * perMs];
        lags = new int[] {5 * perMs / 2, 15 * perMs};
        clear();
    }

    void clear() {
        Arrays.fill(line, (short) 0);
        head = HISTORY_MS * perMs;
        tail = head;
        madeUp = 0;
    }

    /** Samples that wait. */
    int waiting() {
        return tail - head;
    }

    /** Adds what was decoded, faded in over what was made up before it. */
    void add(short[] pcm, int samples) {
        int count = Math.min(samples, room(samples));
        int blend = madeUp == 0 ? 0 : Math.min(count, 4 * perMs);
        for (int i = 0; i < blend; i++) {
            int old = likeness(tail + i);
            line[tail + i] = (short) (old + (pcm[i] - old) * (i + 1) / (blend + 1));
            madeUp++;
        }
        System.arraycopy(pcm, blend, line, tail + blend, count - blend);
        tail += count;
        madeUp = 0;
    }

    /** Adds what is made up for lost speech. */
    void conceal(int samples) {
        int count = Math.min(samples, room(samples));
        if (madeUp == 0) {
            period = likestLag(tail, 10 * perMs);
        }
        for (int i = 0; i < count; i++) {
            line[tail] = (short) likeness(tail);
            tail++;
            madeUp++;
        }
    }

    /** How the line would go on at this place, by its period. */
    private int likeness(int at) {
        int faded = madeUp - FULL_MS * perMs;
        int fade = (FADE_MS - FULL_MS) * perMs;
        if (faded >= fade) {
            return 0;
        }
        // The first period is copied as often as it takes: a copy of a faded copy would fade twice.
        int before = at - period * (madeUp / period + 1);
        int sample = line[Math.max(0, before)];
        return faded <= 0 ? sample : sample * (fade - faded) / fade;
    }

    /** Takes what was not made up out of the middle of what waits, a period of it; false when too little waits. */
    boolean shorten() {
        int blend = 5 * perMs;
        if (waiting() < lags[1] + blend) {
            return false;
        }
        int cut = cutLag(blend);
        for (int i = 0; i < blend; i++) {
            int next = line[head + cut + i];
            int old = line[head + i];
            line[head + cut + i] = (short) (old + (next - old) * (i + 1) / (blend + 1));
        }
        // What was heard stays right before what comes next.
        System.arraycopy(line, head - HISTORY_MS * perMs, line, head + cut - HISTORY_MS * perMs, HISTORY_MS * perMs);
        head += cut;
        return true;
    }

    /** Gives the next samples; no more than wait. */
    void take(short[] pcm, int samples) {
        System.arraycopy(line, head, pcm, 0, samples);
        head += samples;
    }

    private int room(int samples) {
        if (tail + samples > line.length) {
            int kept = HISTORY_MS * perMs;
            System.arraycopy(line, head - kept, line, 0, tail - head + kept);
            tail -= head - kept;
            head = kept;
        }
        return line.length - tail;
    }

    /** The distance at which the end of the line is most like what went before it. */
    private int likestLag(int end, int span) {
        int best = lags[1];
        double bestLikeness = 0;
        for (int lag = lags[0]; lag <= lags[1]; lag += Math.max(1, perMs / 8)) {
            double likeness = likeness(end - span, end - span - lag, span);
            if (likeness > bestLikeness) {
                bestLikeness = likeness;
                best = lag;
            }
        }
        return best;
    }

    /** The distance at which what waits is most like its own beginning. */
    private int cutLag(int span) {
        int best = lags[1];
        double bestLikeness = 0;
        for (int lag = lags[0]; lag <= lags[1]; lag += Math.max(1, perMs / 8)) {
            double likeness = likeness(head, head + lag, span);
            if (likeness > bestLikeness) {
                bestLikeness = likeness;
                best = lag;
            }
        }
        return best;
    }

    private double likeness(int one, int other, int span) {
        long product = 0;
        long energy = 1;
        for (int i = 0; i < span; i++) {
            product += (long) line[one + i] * line[other + i];
            energy += (long) line[other + i] * line[other + i];
        }
        return product / Math.sqrt((double) energy);
    }
}
