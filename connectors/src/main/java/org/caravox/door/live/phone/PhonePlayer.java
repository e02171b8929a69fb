package org.caravox.door.live.phone;

/** The way back into a call, on platforms that have one. Used on the connection's loop only. */
public interface PhonePlayer {

    /** Plays audio after what is queued, in the form in which the call's own audio comes. */
    void play(byte[] audio);

    /** Asks to be told, by {@link PhoneLine#played}, when everything before was played. */
    void mark(String name);

    /** Throws away what is queued and not played yet. */
    void clear();
}
