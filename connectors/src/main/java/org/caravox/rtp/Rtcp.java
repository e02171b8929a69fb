package org.caravox.rtp;

import java.nio.charset.StandardCharsets;

/** Reports about a leg's audio, ours and theirs. Source: RFC 3550, section 6. */
final class Rtcp {

    private static final int SENDER_REPORT = 200;
    private static final int RECEIVER_REPORT = 201;
    private static final int DESCRIPTION = 202;
    private static final int BYE = 203;
    private static final int BLOCK_BYTES = 24;
    private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;

    private final int ssrc;
    private final byte[] name;

    private int theirReport;
    private long theirReportNanos;
    private double roundTripSeconds;
    private long theirLost;

    Rtcp(int ssrc, String name) {
        this.ssrc = ssrc;
        this.name = name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a packet is RTCP and not RTP, where both share a port. Source: RFC 5761, section 4. */
    static boolean isRtcp(byte[] packet, int length) {
        int type = length < 8 ? 0 : packet[1] & 0xFF;
        return type >= 192 && type <= 223 && (packet[0] & 0xC0) == 0x80;
    }

    /**
     * Writes a report.
     *
     * @param sent     packets that we have sent; a sender report when there are any
     * @param theirs   what came from them; nothing is said of it while {@code theirSsrc} is 0
     * @return its length
     */
    int report(
            byte[] packet,
            long sent,
            long sentBytes,
            int timestamp,
            int theirSsrc,
            Reception theirs,
            long wallMillis,
            long nowNanos) {
        boolean sender = sent > 0;
        int blocks = theirSsrc == 0 ? 0 : 1;
        int at = 8;
        RtpPacket.put32(packet, 4, ssrc);
        if (sender) {
            long seconds = wallMillis / 1_000 + NTP_EPOCH_SECONDS;
            RtpPacket.put32(packet, 8, (int) seconds);
            RtpPacket.put32(packet, 12, (int) ((wallMillis % 1_000 << 32) / 1_000));
            RtpPacket.put32(packet, 16, timestamp);
            RtpPacket.put32(packet, 20, (int) sent);
            RtpPacket.put32(packet, 24, (int) sentBytes);
            at = 28;
        }
        if (blocks > 0) {
            block(packet, at, theirSsrc, theirs, nowNanos);
            at += BLOCK_BYTES;
        }
        header(packet, 0, blocks, sender ? SENDER_REPORT : RECEIVER_REPORT, at);
        return describe(packet, at);
    }

    private void block(byte[] packet, int at, int theirSsrc, Reception theirs, long nowNanos) {
        RtpPacket.put32(packet, at, theirSsrc);
        RtpPacket.put32(packet, at + 4, (int) Math.min(0x7F_FFFF, theirs.lost()));
        packet[at + 4] = (byte) theirs.fractionLost();
        RtpPacket.put32(packet, at + 8, (int) theirs.highest());
        RtpPacket.put32(packet, at + 12, (int) theirs.jitterUnits());
        RtpPacket.put32(packet, at + 16, theirReport);
        long sinceUnits = theirReport == 0 ? 0 : (nowNanos - theirReportNanos) / 1_000 * 65_536 / 1_000_000;
        RtpPacket.put32(packet, at + 20, (int) sinceUnits);
    }

    private int describe(byte[] packet, int from) {
        RtpPacket.put32(packet, from + 4, ssrc);
        packet[from + 8] = 1;
        packet[from + 9] = (byte) name.length;
        System.arraycopy(name, 0, packet, from + 10, name.length);
        int end = from + 10 + name.length;
        do {
            packet[end++] = 0;
        } while ((end - from) % 4 != 0);
        header(packet, from, 1, DESCRIPTION, end);
        return end;
    }

    /** Adds that we are gone to a report of that length. */
    int bye(byte[] packet, int length) {
        RtpPacket.put32(packet, length + 4, ssrc);
        header(packet, length, 1, BYE, length + 8);
        return length + 8;
    }

    private static void header(byte[] packet, int from, int count, int type, int end) {
        packet[from] = (byte) (0x80 | count);
        packet[from + 1] = (byte) type;
        RtpPacket.put16(packet, from + 2, (end - from) / 4 - 1);
    }

    /** Reads what came; false when it is not RTCP. */
    boolean received(byte[] packet, int length, long wallMillis, long nowNanos) {
        int at = 0;
        while (at + 8 <= length) {
            int end = at + 4 * (RtpPacket.unsigned16(packet, at + 2) + 1);
            if ((packet[at] & 0xC0) != 0x80 || end > length) {
                return at > 0;
            }
            read(packet, at, end, wallMillis, nowNanos);
            at = end;
        }
        return at > 0;
    }

    private void read(byte[] packet, int at, int end, long wallMillis, long nowNanos) {
        int type = packet[at + 1] & 0xFF;
        int blocks = at + 8;
        if (type == SENDER_REPORT && at + 28 <= end) {
            theirReport = RtpPacket.int32(packet, at + 10);
            theirReportNanos = nowNanos;
            blocks = at + 28;
        } else if (type != RECEIVER_REPORT) {
            return;
        }
        int count = packet[at] & 0x1F;
        for (int i = 0; i < count && blocks + BLOCK_BYTES <= end; i++, blocks += BLOCK_BYTES) {
            if (RtpPacket.int32(packet, blocks) == ssrc) {
                readBlock(packet, blocks, wallMillis);
            }
        }
    }

    private void readBlock(byte[] packet, int at, long wallMillis) {
        theirLost = Math.max(0, RtpPacket.int32(packet, at + 4) << 8 >> 8);
        int lastReport = RtpPacket.int32(packet, at + 16);
        if (lastReport == 0) {
            return;
        }
        int now = (int) (wallMillis * 65_536 / 1_000 + (NTP_EPOCH_SECONDS << 16));
        int units = now - lastReport - RtpPacket.int32(packet, at + 20);
        if (units >= 0 && units < 65_536 * 10) {
            roundTripSeconds = units / 65_536.0;
        }
    }

    /** Zero when unknown. */
    double roundTripSeconds() {
        return roundTripSeconds;
    }

    /** How many of our packets never reached them, as they say. */
    long theirLost() {
        return theirLost;
    }
}
