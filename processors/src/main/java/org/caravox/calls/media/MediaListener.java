package org.caravox.calls.media;

import java.time.Duration;

/** Told of what a party sends. All is called on the leg's loop; nothing may block. */
public interface MediaListener {

    /**
     * 20 ms of what the party says: linear 16-bit little-endian PCM at the leg's rate, in order and without gaps: what was
     * lost is concealed, what is silent is silence. Not called while nothing comes at all.
     *
     * @param pcm the listener's own from then on
     */
    default void heard(byte[] pcm) {}

    /** A key was pressed: 0-9, *, #, A-D; told once a press, at its end. */
    default void digit(char digit, Duration length) {}

    /** All that was queued in the player before the mark was sent, or was thrown away. */
    default void reached(String mark, boolean heard) {}

    /** Neither RTP nor RTCP has come for the time that the engine's settings say, though the party is to send. */
    default void silent(Duration since) {}

    /** Whether {@link #said} is told. Asked every 20 ms. */
    default boolean wantsSaid() {
        return false;
    }

    /** 20 ms of what the party hears, at its time: linear 16-bit little-endian PCM at the leg's rate. Not told of silence. */
    default void said(byte[] pcm) {}
}
