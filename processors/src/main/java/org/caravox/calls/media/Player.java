package org.caravox.calls.media;

import java.time.Duration;

/** What a party hears: a bounded queue of audio that is played in real time. Methods may be called from any thread. */
public interface Player {

    /** Samples a second of the audio that it takes: linear 16-bit little-endian PCM, one channel. */
    int sampleRateHz();

    /**
     * Plays audio after what is queued. More than the queue holds is taken all the same: whoever plays looks at {@link
     * #queued} and waits while that is more than a second or two.
     */
    void play(byte[] pcm);

    /** Asks to be told when all that is queued now was heard. */
    void mark(String name);

    /** Throws away what is queued: silence from the next frame on. Marks on the way are told as not heard. */
    void clear();

    /** How much is queued and not heard yet. */
    Duration queued();

    /** How much of all that was ever played has been heard: what {@link #clear} threw away does not count. */
    Duration heard();
}
