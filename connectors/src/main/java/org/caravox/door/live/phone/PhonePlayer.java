package org.caravox.door.live.phone;

import java.time.Duration;

/** The way back into a call, on platforms that have one. Used on the connection's loop only. */
public interface PhonePlayer {

    /** How much more audio the platform is given than it has played: what its own queue bridges when the network falters. */
    default Duration ahead() {
        return Duration.ofMillis(200);
    }

    /** Whether the platform tells when a mark was played; otherwise {@link #mark} is not asked of it. */
    default boolean tellsMarks() {
        return true;
    }

    /** Plays audio after what is queued, in the form in which the call's own audio comes. */
    void play(byte[] audio);

    /** Asks to be told, by {@link PhoneLine#played}, when everything before was played. */
    void mark(String name);

    /** Throws away what is queued and not played yet. */
    void clear();
}
