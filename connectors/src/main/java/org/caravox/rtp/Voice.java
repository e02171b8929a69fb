package org.caravox.rtp;

/** One direction of one leg's speech codec: it may remember what went before. Not for two threads at a time. */
interface Voice {

    /** The most samples that a packet of 120 ms holds at 16 kHz. */
    int MOST_SAMPLES = 1_920;

    /** Samples a second of what it takes and gives. */
    int sampleRateHz();

    /** Codes 10 to 60 ms; gives the bytes written. */
    int encode(short[] pcm, int samples, byte[] coded, int offset);

    /** Decodes a packet, as much as fits; gives the samples, 0 when it cannot be read. */
    int decode(byte[] coded, int length, short[] pcm);

    /** Decodes what this packet tells of the one before it, which was lost; gives the samples, 0 when it tells nothing. */
    default int decodeLost(byte[] following, int length, short[] pcm, int samples) {
        return 0;
    }
}
