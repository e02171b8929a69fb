package org.caravox.fakes.vendors;

/** How a sample of sound is written. */
enum Encoding {
    PCM16(1, 2, 16),
    FLOAT32(3, 4, 32),
    ALAW(6, 1, 8),
    MULAW(7, 1, 8);

    private static final int MULAW_BIAS = 0x84;
    private static final int MULAW_CLIP = 32635;

    final int wavFormat;
    final int bytes;
    final int bits;

    Encoding(int wavFormat, int bytes, int bits) {
        this.wavFormat = wavFormat;
        this.bytes = bytes;
        this.bits = bits;
    }

    /** ITU-T G.711, mu-law. */
    static byte mulaw(int sample) {
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = Math.min(Math.abs(sample), MULAW_CLIP) + MULAW_BIAS;
        int exponent = 24 - Integer.numberOfLeadingZeros(magnitude);
        int mantissa = magnitude >> (exponent + 3) & 0x0F;
        return (byte) ~(sign | exponent << 4 | mantissa);
    }

    /** ITU-T G.711, A-law. */
    static byte alaw(int sample) {
        int sign = sample < 0 ? 0 : 0x80;
        int magnitude = Math.min(sample < 0 ? ~sample : sample, 32767) >> 3;
        int exponent = Math.max(0, 27 - Integer.numberOfLeadingZeros(Math.max(magnitude, 1)));
        int mantissa = exponent == 0 ? magnitude >> 1 : magnitude >> exponent;
        return (byte) ((sign | exponent << 4 | (mantissa & 0x0F)) ^ 0x55);
    }
}
