package org.caravox.rtp;

/** A view of one RTP packet in a byte array, used again for the next. Source: RFC 3550, section 5.1. */
final class RtpPacket {

    static final int HEADER_BYTES = 12;

    private static final int VERSION = 2;

    private byte[] bytes = {};
    private int payload;
    private int payloadLength;

    /** Looks at the first {@code length} bytes; false when they are not RTP. */
    boolean read(byte[] packet, int length) {
        bytes = packet;
        if (length < HEADER_BYTES || (packet[0] & 0xFF) >> 6 != VERSION) {
            return false;
        }
        payload = HEADER_BYTES + 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) != 0) {
            if (payload + 4 > length) {
                return false;
            }
            payload += 4 + 4 * unsigned16(packet, payload + 2);
        }
        int padding = (packet[0] & 0x20) == 0 ? 0 : packet[length - 1] & 0xFF;
        payloadLength = length - payload - padding;
        return payloadLength >= 0;
    }

    boolean marker() {
        return (bytes[1] & 0x80) != 0;
    }

    int payloadType() {
        return bytes[1] & 0x7F;
    }

    int sequence() {
        return unsigned16(bytes, 2);
    }

    /** As 32 bits. */
    int timestamp() {
        return int32(bytes, 4);
    }

    int ssrc() {
        return int32(bytes, 8);
    }

    byte[] bytes() {
        return bytes;
    }

    int payload() {
        return payload;
    }

    int payloadLength() {
        return payloadLength;
    }

    static void write(byte[] packet, boolean marker, int payloadType, int sequence, int timestamp, int ssrc) {
        packet[0] = (byte) (VERSION << 6);
        packet[1] = (byte) ((marker ? 0x80 : 0) | payloadType);
        put16(packet, 2, sequence);
        put32(packet, 4, timestamp);
        put32(packet, 8, ssrc);
    }

    static int unsigned16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    static int int32(byte[] bytes, int at) {
        return unsigned16(bytes, at) << 16 | unsigned16(bytes, at + 2);
    }

    static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
    }

    static void put32(byte[] bytes, int at, int value) {
        put16(bytes, at, value >> 16);
        put16(bytes, at + 2, value);
    }
}
