package org.caravox.door.live.phone;

/** What a platform tells of one call, in words that all platforms share. */
public interface PhoneLine {

    /** Audio follows. Told once, before anything else. */
    void begins(PhoneStart start);

    /** Audio, in the form that {@link PhoneStart#audio()} names; the array is the line's from then on. */
    void hears(byte[] audio);

    /** No audio comes while the line is muted, and that is no fault. */
    void mutes(boolean muted);

    /** Somebody pressed a key: {@code 0-9 * # A-D}. It may be a digit of a card: it is neither kept nor logged. */
    void presses(String digit);

    /** Everything before a mark was played. */
    void played(String mark);

    /** No audio follows. */
    void hangsUp();
}
