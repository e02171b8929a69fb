package org.caravox.agents;

/**
 * Finds the tone after an answering machine's greeting: one steady tone between 400 and 2000 Hz, for a fifth of a second. By
 * Goertzel's algorithm (G. Goertzel, 1958) at steps of 25 Hz. For one thread.
 */
final class Beep {

    private static final int LOWEST_HZ = 400;
    private static final int HIGHEST_HZ = 2_000;
    private static final int STEP_HZ = 25;
    private static final int BLOCKS = 5;
    private static final double PURE = 0.7;
    private static final double LOUD = 0.01;

    private final int sampleRateHz;
    private final double[] block;
    private int filled;
    private int run;
    private int toneHz;

    Beep(int sampleRateHz) {
        this.sampleRateHz = sampleRateHz;
        this.block = new double[sampleRateHz / 25];
    }

    /** Hears the next samples; says whether a beep has been heard that is over, or has lasted for long. */
    boolean hear(byte[] pcm) {
        boolean found = false;
        for (int i = 0; i + 1 < pcm.length; i += 2) {
            block[filled++] = (short) ((pcm[i] & 0xFF) | (pcm[i + 1] << 8)) / 32_768.0;
            if (filled == block.length) {
                filled = 0;
                found |= block();
            }
        }
        return found;
    }

    private boolean block() {
        int tone = tone();
        boolean goesOn = tone > 0 && (run == 0 || Math.abs(tone - toneHz) <= STEP_HZ);
        boolean over = !goesOn && run >= BLOCKS;
        run = goesOn ? run + 1 : 0;
        toneHz = tone;
        return over;
    }

    /** The tone that the block is nearly all of; 0 is none. */
    private int tone() {
        double energy = 0;
        for (double sample : block) {
            energy += sample * sample;
        }
        if (Math.sqrt(energy / block.length) < LOUD) {
            return 0;
        }
        int best = 0;
        double most = 0;
        for (int hertz = LOWEST_HZ; hertz <= HIGHEST_HZ; hertz += STEP_HZ) {
            double share = power(hertz) / (energy * block.length / 2);
            if (share > most) {
                most = share;
                best = hertz;
            }
        }
        return most > PURE ? best : 0;
    }

    private double power(int hertz) {
        double factor = 2 * Math.cos(2 * Math.PI * hertz / sampleRateHz);
        double one = 0;
        double two = 0;
        for (double sample : block) {
            double next = sample + factor * one - two;
            two = one;
            one = next;
        }
        return one * one + two * two - factor * one * two;
    }
}
