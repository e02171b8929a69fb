package org.caravox.audio.activity;

import java.time.Duration;

/** Cuts audio into frames of one length. */
abstract class Framed implements SpeechDetector {

    private final byte[] frame;
    private final Duration length;
    private int filled;

    Framed(int samples, int sampleRateHz) {
        this.frame = new byte[2 * samples];
        this.length = Duration.ofMillis(1000L * samples / sampleRateHz);
    }

    @Override
    public final Duration frame() {
        return length;
    }

    @Override
    public final void hear(byte[] pcm, Frames told) {
        int at = 0;
        while (at < pcm.length) {
            int count = Math.min(frame.length - filled, pcm.length - at);
            System.arraycopy(pcm, at, frame, filled, count);
            filled += count;
            at += count;
            if (filled == frame.length) {
                filled = 0;
                told.frame(isSpeech(frame));
            }
        }
    }

    /** Whether it is speech; the array is used again. */
    abstract boolean isSpeech(byte[] pcm);
}
