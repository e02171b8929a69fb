package org.caravox.rtp;

/** What came from one source: sequence numbers without wrap, losses, jitter. Source: RFC 3550, A.1, A.3, A.8. */
final class Reception {

    private static final int MOST_AHEAD = 3_000;
    private static final int MOST_BEHIND = 100;

    private long first;
    private long highest;
    private long received;
    private int suspect = -1;

    private int lastTimestamp;
    private long timestamps;
    private double lastTransit;
    private double jitterUnits;
    private int clockHz = 8_000;

    private long expectedBefore;
    private long receivedBefore;

    /** A new source, whose first packet this is. */
    void start(int sequence, int timestamp) {
        first = 0x1_0000L + sequence;
        highest = first;
        received = 0;
        suspect = -1;
        lastTimestamp = timestamp;
        timestamps = Integer.toUnsignedLong(timestamp) + (1L << 32);
        lastTransit = Double.NaN;
        jitterUnits = 0;
        expectedBefore = 0;
        receivedBefore = 0;
    }

    /** Whether it is so far off that it may not belong here. */
    boolean isFarOff(int sequence) {
        int step = step(sequence);
        return step > MOST_AHEAD || step < -MOST_BEHIND;
    }

    /** Takes note of one that is far off: two in a row are a source that began anew. */
    boolean restarts(int sequence) {
        boolean restarted = sequence == suspect;
        suspect = (sequence + 1) & 0xFFFF;
        return restarted;
    }

    /** The sequence number without wrap. */
    long sequence(int sequence) {
        return highest + step(sequence);
    }

    private int step(int sequence) {
        return (short) (sequence - (int) highest);
    }

    /** The time stamp without wrap. */
    long timestamp(int timestamp) {
        timestamps += timestamp - lastTimestamp;
        lastTimestamp = timestamp;
        return timestamps;
    }

    /** One more has come that is neither duplicate nor refused. */
    void count(long sequence, long timestamp, int clock, long arrivedNanos) {
        received++;
        highest = Math.max(highest, sequence);
        double transit = arrivedNanos * 1e-9 * clock - timestamp;
        if (clock != clockHz || Double.isNaN(lastTransit)) {
            clockHz = clock;
        } else {
            double change = Math.abs(transit - lastTransit);
            // A jump of a second is the sender's clock set anew, no jitter.
            jitterUnits += change > clock ? 0 : (change - jitterUnits) / 16;
        }
        lastTransit = transit;
    }

    long expected() {
        return highest - first + 1;
    }

    /** Packets that never came: negative values, by duplicates, are none. */
    long lost() {
        return Math.max(0, expected() - received);
    }

    long highest() {
        return highest;
    }

    /** In units of the time stamps. */
    long jitterUnits() {
        return Math.round(jitterUnits);
    }

    double jitterSeconds() {
        return jitterUnits / clockHz;
    }

    /** What was lost since the last report, in 256ths. */
    int fractionLost() {
        long expected = expected() - expectedBefore;
        long lost = expected - (received - receivedBefore);
        expectedBefore = expected();
        receivedBefore = received;
        return expected <= 0 || lost <= 0 ? 0 : (int) Math.min(255, (lost << 8) / expected);
    }
}
