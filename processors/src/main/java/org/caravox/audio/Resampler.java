package org.caravox.audio;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;

/**
 * Changes the sample rate of one channel of signed 16-bit little-endian PCM, chunk by chunk, as if it were one piece.
 * A windowed sinc (Kaiser, 80 dB) passes what is below 84 % of the lower Nyquist frequency and stops what is above it.
 * The output is aligned with the input and {@code to / from} times as long. Not for use by two threads at a time.
 *
 * <p>Source: J. O. Smith, "Digital Audio Resampling": a table of the filter, interpolated between its phases, so that
 * any two rates work alike.
 */
public final class Resampler {

    private static final int LOWEST_RATE_HZ = 8_000;
    private static final int HIGHEST_RATE_HZ = 48_000;
    private static final int PHASES = 512;
    private static final int ZERO_CROSSINGS = 32;

    /** Where the middle of the slope lies, of the lower Nyquist frequency: it ends at 1. */
    private static final double MIDDLE = 0.92;

    private static final double KAISER_BETA = 7.857;

    /** A table takes 140 KB to 900 KB: those who change rates alike share one. Callers choose rates, so few are kept. */
    private static final Cache<Double, float[][]> FILTERS =
            Caffeine.newBuilder().maximumSize(16).build();

    private final int fromHz;
    private final int toHz;
    private final int reach;
    private final float[][] filter;

    /** Samples that the filter still needs; the first is number {@code kept} of the input. */
    private float[] samples;

    private int count;
    private long kept;

    /** The next output lies at {@code position + fraction / toHz} of the input. */
    private long position;

    private int fraction;
    private long taken;
    private boolean half;
    private byte lowByte;

    /**
     * Both rates from 8000 to 48000.
     *
     * @throws IllegalArgumentException when one is not
     */
    public Resampler(int fromHz, int toHz) {
        this.fromHz = checked(fromHz);
        this.toHz = checked(toHz);
        double cutoff = MIDDLE * Math.min(1, (double) toHz / fromHz);
        this.reach = fromHz == toHz ? 0 : (int) Math.ceil(ZERO_CROSSINGS / cutoff);
        this.filter = fromHz == toHz ? new float[0][] : FILTERS.get(cutoff, unknown -> filter(reach, cutoff));
        this.samples = new float[reach];
        this.count = reach;
        this.kept = -reach;
    }

    private static int checked(int rateHz) {
        if (rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ) {
            throw new IllegalArgumentException("a sample rate of " + rateHz + " Hz cannot be made: use "
                    + LOWEST_RATE_HZ + " to " + HIGHEST_RATE_HZ);
        }
        return rateHz;
    }

    /** Takes any number of bytes, even half a sample; gives what can be told from all so far. */
    public byte[] resample(byte[] pcm) {
        if (fromHz == toHz) {
            return pcm.clone();
        }
        append(pcm);
        return make(kept + count - reach);
    }

    /** Gives what is left after the last chunk. Nothing may follow. */
    public byte[] end() {
        if (fromHz == toHz) {
            return new byte[0];
        }
        room(reach);
        Arrays.fill(samples, count, count + reach, 0);
        count += reach;
        return make(taken);
    }

    private void append(byte[] pcm) {
        room(pcm.length / 2 + 1);
        for (byte next : pcm) {
            if (half) {
                samples[count++] = (short) ((lowByte & 0xFF) | (next << 8));
                taken++;
            }
            lowByte = next;
            half = !half;
        }
    }

    private void room(int more) {
        if (count + more > samples.length) {
            samples = Arrays.copyOf(samples, count + more);
        }
    }

    /** Makes every output sample that lies before {@code limit}. */
    private byte[] make(long limit) {
        int most = (int) Math.max(0, (limit - position) * toHz / fromHz + 2);
        byte[] out = new byte[2 * most];
        int length = 0;
        while (position < limit) {
            int sample = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sampleHere())));
            out[length++] = (byte) sample;
            out[length++] = (byte) (sample >> 8);
            long next = (long) fraction + fromHz;
            position += next / toHz;
            fraction = (int) (next % toHz);
        }
        forget();
        return Arrays.copyOf(out, length);
    }

    private float sampleHere() {
        double phase = (double) fraction / toHz * PHASES;
        int lower = (int) phase;
        float share = (float) (phase - lower);
        float[] one = filter[lower];
        float[] other = filter[lower + 1];
        int first = (int) (position - kept) - reach + 1;
        float sumOne = 0;
        float sumOther = 0;
        for (int tap = 0; tap < one.length; tap++) {
            float sample = samples[first + tap];
            sumOne += one[tap] * sample;
            sumOther += other[tap] * sample;
        }
        return sumOne + (sumOther - sumOne) * share;
    }

    private void forget() {
        int unneeded = (int) Math.max(0, Math.min(count, position - kept - reach + 1));
        System.arraycopy(samples, unneeded, samples, 0, count - unneeded);
        count -= unneeded;
        kept += unneeded;
    }

    /** Row p: the taps for an output that lies p / PHASES after an input sample, which is tap number reach - 1. */
    private static float[][] filter(int reach, double cutoff) {
        float[][] rows = new float[PHASES + 1][2 * reach];
        for (int phase = 0; phase <= PHASES; phase++) {
            double sum = 0;
            double[] row = new double[2 * reach];
            for (int tap = 0; tap < row.length; tap++) {
                double distance = tap - (reach - 1) - (double) phase / PHASES;
                row[tap] = sinc(cutoff * distance) * kaiser(distance / reach);
                sum += row[tap];
            }
            for (int tap = 0; tap < row.length; tap++) {
                rows[phase][tap] = (float) (row[tap] / sum);
            }
        }
        return rows;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
    }

    /** The modified Bessel function of the first kind, order 0, as its power series. */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-12; k++) {
            term *= (x / 2 / k) * (x / 2 / k);
            sum += term;
        }
        return sum;
    }
}
