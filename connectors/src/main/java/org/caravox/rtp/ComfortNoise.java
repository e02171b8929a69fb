package org.caravox.rtp;

/** What is heard while the other side saves its packets: noise as loud as it says, else silence. Source: RFC 3389. */
final class ComfortNoise {

    private double amplitude;
    private int seed = 1;

    /** The first byte is the level in -dBov: 0 is the loudest, 127 silence. What follows, the spectrum, is left out. */
    void tune(RtpPacket packet) {
        if (packet.payloadLength() > 0) {
            int level = packet.bytes()[packet.payload()] & 0x7F;
            // Even noise has a mean square of a third of its peak's.
            amplitude = level >= 90 ? 0 : Math.min(4_000, 32_768 * Math.sqrt(3) * Math.pow(10, -level / 20.0));
        }
    }

    void fill(short[] pcm, int samples) {
        for (int i = 0; i < samples; i++) {
            pcm[i] = amplitude == 0 ? 0 : (short) (next() * amplitude);
        }
    }

    /** -1 to 1: xorshift, which costs next to nothing. */
    private double next() {
        seed ^= seed << 13;
        seed ^= seed >>> 17;
        seed ^= seed << 5;
        return seed / 2_147_483_648.0;
    }
}
