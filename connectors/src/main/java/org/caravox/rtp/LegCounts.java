package org.caravox.rtp;

import java.time.Duration;
import org.caravox.calls.media.MediaStats;

/** What a leg counts. On its loop. */
final class LegCounts {

    /** Before an answer. */
    static final MediaStats NOTHING = new MediaStats(
            "none", false, 0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 1);

    private static final double PACKET_SECONDS = 0.02;

    long refused;
    long lateSent;

    /** Packets that the system did not take. */
    long unsent;

    /** Of sources that came before the one that is heard now. */
    long lostBefore;

    private long kept;
    private long late;
    private long duplicated;

    void count(JitterBuffer.Fate fate) {
        switch (fate) {
            case KEPT -> kept++;
            case LATE -> late++;
            case DUPLICATE -> duplicated++;
        }
    }

    MediaStats stats(
            RtpSender sender, Reception reception, boolean begun, JitterBuffer buffer, Rtcp rtcp, boolean encrypted) {
        long lost = lostBefore + (begun ? reception.lost() : 0);
        double missedHere = 100.0 * (lost + late) / Math.max(1, kept + late + lost);
        double missedThere = 100.0 * rtcp.theirLost() / Math.max(1, sender.packets());
        double roundTripSeconds = rtcp.roundTripSeconds();
        double delaySeconds = PACKET_SECONDS + buffer.buffered().toMillis() / 1e3 + roundTripSeconds / 2;
        return new MediaStats(
                sender.codec().name(),
                encrypted,
                sender.packets() - unsent,
                kept,
                lost,
                late,
                duplicated,
                refused,
                buffer.concealed(),
                begun ? seconds(reception.jitterSeconds()) : Duration.ZERO,
                buffer.buffered(),
                seconds(roundTripSeconds),
                lateSent,
                VoiceQuality.mos(Math.min(100, Math.max(missedHere, missedThere)), delaySeconds));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
