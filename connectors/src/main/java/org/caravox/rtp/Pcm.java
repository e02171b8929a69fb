package org.caravox.rtp;

/** 16-bit little-endian PCM, as bytes and as samples. */
final class Pcm {

    private Pcm() {}

    static byte[] bytes(short[] pcm, int samples) {
        byte[] bytes = new byte[2 * samples];
        for (int i = 0; i < samples; i++) {
            bytes[2 * i] = (byte) pcm[i];
            bytes[2 * i + 1] = (byte) (pcm[i] >> 8);
        }
        return bytes;
    }

    /** The sample whose low byte is there. */
    static short sample(byte[] bytes, int at) {
        return (short) ((bytes[at] & 0xFF) | bytes[at + 1] << 8);
    }

    static short clipped(int sample) {
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
    }
}
