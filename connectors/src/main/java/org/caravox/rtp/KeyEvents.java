package org.caravox.rtp;

import java.time.Duration;
import org.caravox.calls.media.MediaListener;

/**
 * Keys that the other side presses, as events in RTP: each told once, at its end, whatever comes twice or not at all.
 * Source: RFC 4733, sections 2.3 and 2.5.
 */
final class KeyEvents {

    private static final String KEYS = "0123456789*#ABCD";
    private static final int EVENT_BYTES = 4;

    /** No packet of an event for so long: its end was lost. */
    private static final long LOST_END_NANOS = 200_000_000L;

    private final MediaListener listener;
    private int clockHz = 8_000;

    /** The time stamp names the press; all of its packets carry the same. */
    private long press = -1;

    private long told = -1;
    private int event;
    private int units;
    private long lastNanos;

    KeyEvents(MediaListener listener) {
        this.listener = listener;
    }

    void received(RtpPacket packet, int clock, long timestamp, long nowNanos) {
        if (packet.payloadLength() < EVENT_BYTES) {
            return;
        }
        byte[] bytes = packet.bytes();
        int at = packet.payload();
        int code = bytes[at] & 0xFF;
        if (code >= KEYS.length() || timestamp <= told) {
            return;
        }
        if (timestamp != press) {
            tell();
            press = timestamp;
            event = code;
            units = 0;
            clockHz = clock;
        }
        units = Math.max(units, RtpPacket.unsigned16(bytes, at + 2));
        lastNanos = nowNanos;
        if ((bytes[at + 1] & 0x80) != 0) {
            tell();
        }
    }

    /** Ends a press whose end never came. */
    void tick(long nowNanos) {
        if (press >= 0 && nowNanos - lastNanos > LOST_END_NANOS) {
            tell();
        }
    }

    void clear() {
        tell();
        told = -1;
    }

    private void tell() {
        if (press < 0) {
            return;
        }
        told = press;
        press = -1;
        listener.digit(KEYS.charAt(event), Duration.ofMillis(units * 1_000L / clockHz));
    }

    /** The number of a key's event. */
    static int event(char digit) {
        return KEYS.indexOf(digit);
    }
}
