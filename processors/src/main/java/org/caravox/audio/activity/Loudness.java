package org.caravox.audio.activity;

/**
 * Tells speech from what is always there, by the energy of short frames: a frame is loud when it is 10 dB over the floor
 * of noise, which follows what is quiet at once and what is loud slowly. For one thread.
 */
public final class Loudness {

    private static final double OVER_FLOOR_DB = 10;
    private static final double LEAST_DB = -50;
    private static final double LOWEST_FLOOR_DB = -75;
    private static final double HIGHEST_FLOOR_DB = -25;

    /** A frame: 1 dB a second at 20 ms. */
    private static final double RISE_DB = 0.02;

    /** Steady noise is taken for what it is after a while; speech has pauses, in which the floor falls again. */
    private static final double RISE_WHILE_LOUD_DB = 0.005;

    private double floor = -55;

    /** Whether a frame of this level is loud. */
    public boolean isLoud(double level) {
        boolean loud = level > Math.max(floor + OVER_FLOOR_DB, LEAST_DB);
        double next = level < floor ? (floor + level) / 2 : floor + (loud ? RISE_WHILE_LOUD_DB : RISE_DB);
        floor = Math.max(LOWEST_FLOOR_DB, Math.min(HIGHEST_FLOOR_DB, next));
        return loud;
    }

    /** The level of signed 16-bit little-endian PCM, in dB of full scale; -100 is nothing at all. */
    public static double level(byte[] pcm) {
        double sum = 0;
        for (int i = 0; i + 1 < pcm.length; i += 2) {
            double sample = (short) ((pcm[i] & 0xFF) | (pcm[i + 1] << 8));
            sum += sample * sample;
        }
        double square = sum / Math.max(1, pcm.length / 2) / (32_768.0 * 32_768.0);
        return square < 1e-10 ? -100 : 10 * Math.log10(square);
    }
}
