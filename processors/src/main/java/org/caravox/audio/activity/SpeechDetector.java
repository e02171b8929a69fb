package org.caravox.audio.activity;

import java.time.Duration;

/** Tells, frame by frame, whether somebody speaks on one channel. For one thread at a time. */
public interface SpeechDetector {

    /** Told of each frame that was heard. */
    @FunctionalInterface
    interface Frames {
        void frame(boolean speech);
    }

    /** How long a frame is. */
    Duration frame();

    /**
     * Hears any number of samples; what does not fill a frame waits for the next.
     *
     * @param pcm signed 16-bit little-endian PCM at the rate that it was made for
     */
    void hear(byte[] pcm, Frames told);
}
