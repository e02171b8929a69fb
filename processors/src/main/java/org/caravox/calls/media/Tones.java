package org.caravox.calls.media;

/** The two tones of a key. Source: ITU-T Q.23. */
public final class Tones {

    private static final String KEYS = "123A456B789C*0#D";
    private static final int[] LOW_HZ = {697, 770, 852, 941};
    private static final int[] HIGH_HZ = {1_209, 1_336, 1_477, 1_633};

    /** Two of them are 6 dB below the loudest. */
    private static final double AMPLITUDE = 8_000;

    private Tones() {}

    /** Whether it is 0-9, *, #, A-D. */
    public static boolean isKey(char digit) {
        return KEYS.indexOf(digit) >= 0;
    }

    /** Writes a piece of a key's tone that begins {@code from} samples after its start. */
    public static void fill(char digit, int sampleRateHz, int from, short[] pcm, int samples) {
        int key = KEYS.indexOf(digit);
        double low = 2 * Math.PI * LOW_HZ[key / 4] / sampleRateHz;
        double high = 2 * Math.PI * HIGH_HZ[key % 4] / sampleRateHz;
        for (int i = 0; i < samples; i++) {
            pcm[i] = (short) (AMPLITUDE * (Math.sin(low * (from + i)) + Math.sin(high * (from + i))));
        }
    }
}
