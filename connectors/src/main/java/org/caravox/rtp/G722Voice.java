package org.caravox.rtp;

/**
 * 16 kHz in 64 kbit/s: two bands, each coded by how much it differs from what was foretold. Source: ITU-T G.722 (09/12),
 * mode 1; the names of the blocks and tables are the standard's.
 */
final class G722Voice implements Voice {

    private static final int[] QMF = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};
    private static final int QMF_TAPS = 24;

    private static final int[] Q6 = {
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
        1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919
    };
    private static final int[] QM2 = {-7408, -1616, 7408, 1616};
    private static final int[] QM4 = {
        0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0
    };
    private static final int[] QM6 = {
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
        -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
        -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136
    };
    private static final int[] WL = {-60, -30, 58, 172, 334, 538, 1198, 3042};
    private static final int[] RL42 = {0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0};
    private static final int[] WH = {0, -214, 798};
    private static final int[] RH2 = {2, 1, 2, 1};
    private static final int[] ILB = {
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
        3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008
    };
    private static final int HIGH_THRESHOLD = 564;

    private final Band low = new Band(32, 18_432, 8);
    private final Band high = new Band(8, 22_528, 10);
    private final int[] window = new int[QMF_TAPS];

    @Override
    public int sampleRateHz() {
        return 16_000;
    }

    @Override
    public int encode(short[] pcm, int samples, byte[] coded, int offset) {
        int codes = samples / 2;
        for (int i = 0; i < codes; i++) {
            shift(pcm[2 * i], pcm[2 * i + 1]);
            int even = 0;
            int odd = 0;
            for (int tap = 0; tap < QMF.length; tap++) {
                odd += window[2 * tap] * QMF[tap];
                even += window[2 * tap + 1] * QMF[QMF.length - 1 - tap];
            }
            coded[offset + i] = (byte) (encodeHigh((even - odd) >> 14) << 6 | encodeLow((even + odd) >> 14));
        }
        return codes;
    }

    private int encodeLow(int sample) {
        int error = saturated(sample - low.predicted);
        int magnitude = error >= 0 ? error : ~error;
        int level = 1;
        while (level < Q6.length && magnitude >= (Q6[level] * low.scale) >> 12) {
            level++;
        }
        int code = code(error < 0, level);
        low.step(QM4[code >> 2], WL[RL42[code >> 2]]);
        return code;
    }

    /** Tables ILN and ILP: the finest negative steps have the codes 63 and 62, all others count down. */
    private static int code(boolean negative, int level) {
        if (!negative) {
            return 62 - level;
        }
        return level <= 2 ? 64 - level : 34 - level;
    }

    private int encodeHigh(int sample) {
        int error = saturated(sample - high.predicted);
        int magnitude = error >= 0 ? error : ~error;
        boolean large = magnitude >= (HIGH_THRESHOLD * high.scale) >> 12;
        int code = (error < 0 ? 0 : 2) + (large ? 0 : 1);
        high.step(QM2[code], WH[RH2[code]]);
        return code;
    }

    @Override
    public int decode(byte[] coded, int length, short[] pcm) {
        int codes = Math.min(length, pcm.length / 2);
        for (int i = 0; i < codes; i++) {
            int lowSample = decodeLow(coded[i] & 0x3F);
            int highSample = decodeHigh(coded[i] >> 6 & 3);
            shift(lowSample + highSample, lowSample - highSample);
            int first = 0;
            int second = 0;
            for (int tap = 0; tap < QMF.length; tap++) {
                second += window[2 * tap] * QMF[tap];
                first += window[2 * tap + 1] * QMF[QMF.length - 1 - tap];
            }
            pcm[2 * i] = (short) saturated(first >> 11);
            pcm[2 * i + 1] = (short) saturated(second >> 11);
        }
        return 2 * codes;
    }

    private int decodeLow(int code) {
        int sample = limited(low.predicted + ((low.scale * QM6[code]) >> 15));
        low.step(QM4[code >> 2], WL[RL42[code >> 2]]);
        return sample;
    }

    private int decodeHigh(int code) {
        int sample = limited(high.predicted + ((high.scale * QM2[code]) >> 15));
        high.step(QM2[code], WH[RH2[code]]);
        return sample;
    }

    private void shift(int first, int second) {
        System.arraycopy(window, 2, window, 0, QMF_TAPS - 2);
        window[QMF_TAPS - 2] = first;
        window[QMF_TAPS - 1] = second;
    }

    private static int saturated(int value) {
        return Pcm.clipped(value);
    }

    private static int limited(int value) {
        return Math.max(-16_384, Math.min(16_383, value));
    }

    /** What a band's next sample is foretold from. */
    private static final class Band {

        private final int mostLog;
        private final int shift;

        /** DETL, DETH. */
        private int scale;

        /** SL, SH. */
        private int predicted;

        private int log;
        private int zeros;
        private final int[] reconstructed = new int[3];
        private final int[] partial = new int[3];
        private final int[] pole = new int[3];
        private final int[] differences = new int[7];
        private final int[] zero = new int[7];

        Band(int scale, int mostLog, int shift) {
            this.scale = scale;
            this.mostLog = mostLog;
            this.shift = shift;
        }

        /** INVQ, LOGSC, SCALE, and the predictor. */
        void step(int level, int logStep) {
            int difference = (scale * level) >> 15;
            log = Math.max(0, Math.min(mostLog, ((log * 127) >> 7) + logStep));
            int down = shift - (log >> 11);
            int mantissa = ILB[log >> 6 & 31];
            scale = (down < 0 ? mantissa << -down : mantissa >> down) << 2;
            predict(difference);
        }

        private void predict(int difference) {
            differences[0] = difference;
            reconstructed[0] = saturated(predicted + difference);
            partial[0] = saturated(zeros + difference);
            adaptPoles();
            adaptZeros(difference);
            System.arraycopy(differences, 0, differences, 1, 6);
            System.arraycopy(reconstructed, 0, reconstructed, 1, 2);
            System.arraycopy(partial, 0, partial, 1, 2);

            int poles = filtered(pole[1], reconstructed[1]) + filtered(pole[2], reconstructed[2]);
            int sum = 0;
            for (int i = 6; i > 0; i--) {
                sum += filtered(zero[i], differences[i]);
            }
            zeros = saturated(sum);
            predicted = saturated(saturated(poles) + zeros);
        }

        /** UPPOL2, UPPOL1. */
        private void adaptPoles() {
            int grown = saturated(pole[1] << 2);
            int towards = sameSign(partial[0], partial[1]) ? -grown : grown;
            int second = (sameSign(partial[0], partial[2]) ? 128 : -128)
                    + (Math.min(towards, Short.MAX_VALUE) >> 7)
                    + ((pole[2] * 32_512) >> 15);
            second = Math.max(-12_288, Math.min(12_288, second));
            int first = saturated((sameSign(partial[0], partial[1]) ? 192 : -192) + ((pole[1] * 32_640) >> 15));
            int limit = saturated(15_360 - second);
            pole[1] = Math.max(-limit, Math.min(limit, first));
            pole[2] = second;
        }

        /** UPZERO. */
        private void adaptZeros(int difference) {
            int step = difference == 0 ? 0 : 128;
            for (int i = 1; i < zero.length; i++) {
                int towards = sameSign(differences[i], difference) ? step : -step;
                zero[i] = saturated(towards + ((zero[i] * 32_640) >> 15));
            }
        }

        private static boolean sameSign(int one, int other) {
            return one >> 15 == other >> 15;
        }

        private static int filtered(int coefficient, int value) {
            return (coefficient * saturated(2 * value)) >> 15;
        }
    }
}
