package org.caravox.rtp;

/** Speech on its way from one party to another, whose threads may differ: 100 ms at most, the oldest gives way. */
final class SpeechRing {

    private final short[] ring;
    private long written;
    private long read;

    SpeechRing(int sampleRateHz) {
        ring = new short[sampleRateHz / 10];
    }

    synchronized void write(short[] pcm, int samples) {
        for (int i = 0; i < samples; i++) {
            ring[(int) (written++ % ring.length)] = pcm[i];
        }
        read = Math.max(read, written - ring.length);
    }

    /** Adds a frame to what is there; false when less than a frame waits. */
    synchronized boolean mixInto(short[] frame, int samples) {
        if (written - read < samples) {
            return false;
        }
        for (int i = 0; i < samples; i++) {
            frame[i] = Pcm.clipped(frame[i] + ring[(int) (read++ % ring.length)]);
        }
        return true;
    }
}
