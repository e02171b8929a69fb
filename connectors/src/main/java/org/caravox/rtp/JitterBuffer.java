package org.caravox.rtp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Puts packets in order and turns them into an even stream of 20 ms frames: waits as long as the network's jitter demands,
 * makes up what is lost, and shortens what has piled up, so that a backlog never stays. Times are {@link System#nanoTime}.
 */
final class JitterBuffer {

    /** What became of a packet. */
    enum Fate {
        KEPT,
        LATE,
        DUPLICATE
    }

    static final int FRAME_MS = 20;

    /** Power of two; over a second of packets of 10 ms. */
    private static final int MOST_PACKETS = 128;

    /** After so long without a packet the next one starts a new stretch of speech. */
    private static final int STALLED_MS = 100;

    private static final int LONGEST_GAP_MS = 200;

    private final int perMs;
    private final Slot[] slots = new Slot[MOST_PACKETS];
    private final SpeechLine line;
    private final DelayTarget target;
    private final ComfortNoise noise = new ComfortNoise();
    private final short[] decoded = new short[Voice.MOST_SAMPLES];

    private boolean begun;
    private boolean running;
    private long next;
    private long newest;
    private int kept;

    /** Where the next sample belongs, in units of its packet's time stamps. */
    private long position;

    private int clockHz = 8_000;

    /** How much is in a packet: less cannot wait, on average. */
    private int packetMs = FRAME_MS;

    /** Packets follow each other without a gap in sequence though not in time: the sender is silent on purpose. */
    private boolean pausing;

    private int stalledMs;
    private long waitingSince;
    private double levelMs;
    private long concealedSamples;
    private int frameMadeUp;

    JitterBuffer(int sampleRateHz, Duration least, Duration most) {
        perMs = sampleRateHz / 1_000;
        line = new SpeechLine(sampleRateHz);
        target = new DelayTarget(least, most);
    }

    /** Forgets all, as for a new source. */
    void clear() {
        for (Slot slot : slots) {
            if (slot != null) {
                slot.free();
                slot.sequence = -1;
            }
        }
        line.clear();
        target.clear();
        kept = 0;
        begun = false;
        running = false;
        pausing = false;
        stalledMs = 0;
        levelMs = 0;
    }

    /** Speech has come. */
    Fate speech(Voice voice, int clock, long sequence, long timestamp, RtpPacket packet, long nowNanos) {
        Fate fate = keep(voice, clock, sequence, timestamp, packet, nowNanos);
        if (fate != Fate.DUPLICATE) {
            target.learn(timestamp, clock, nowNanos);
        }
        return fate;
    }

    /** Comfort noise or a key has come in the place of speech. */
    Fate pause(boolean isNoise, int clock, long sequence, long timestamp, RtpPacket packet, long nowNanos) {
        if (isNoise) {
            noise.tune(packet);
        }
        return keep(null, clock, sequence, timestamp, packet, nowNanos);
    }

    private Fate keep(
            @Nullable Voice voice, int clock, long sequence, long timestamp, RtpPacket packet, long nowNanos) {
        if (begun && sequence >= next + MOST_PACKETS) {
            dropAll();
        }
        if (!begun) {
            begun = true;
            next = sequence - MOST_PACKETS / 4;
            newest = sequence;
        }
        Slot slot = slot(sequence);
        if (slot.sequence == sequence) {
            return Fate.DUPLICATE;
        }
        if (sequence < next) {
            return Fate.LATE;
        }
        if (kept == 0) {
            waitingSince = nowNanos;
        }
        slot.fill(voice, clock, sequence, timestamp, packet);
        newest = Math.max(newest, sequence);
        kept++;
        return Fate.KEPT;
    }

    private void dropAll() {
        for (Slot slot : slots) {
            if (slot != null) {
                slot.free();
            }
        }
        kept = 0;
        begun = false;
        running = false;
    }

    private Slot slot(long sequence) {
        int index = (int) sequence & (MOST_PACKETS - 1);
        Slot slot = slots[index];
        if (slot == null) {
            slot = new Slot();
            slots[index] = slot;
        }
        return slot;
    }

    /** The next 20 ms, whatever there is. */
    void frame(short[] pcm, long nowNanos) {
        int samples = FRAME_MS * perMs;
        frameMadeUp = 0;
        if (!running && !mayStart(nowNanos)) {
            drainOrRest(pcm, samples);
            return;
        }
        while (running && line.waiting() < samples) {
            advance(samples);
        }
        shortenBacklog(samples);
        drainOrRest(pcm, samples);
        concealedSamples += Math.min(frameMadeUp, samples);
    }

    private boolean mayStart(long nowNanos) {
        if (kept == 0) {
            return false;
        }
        Slot first = firstKept();
        long spanMs = (slot(newest).timestamp - first.timestamp) * 1_000 / first.clockHz;
        long waitedMs = (nowNanos - waitingSince) / 1_000_000;
        if (Math.max(spanMs, waitedMs) < target.milliseconds() - FRAME_MS / 2) {
            return false;
        }
        next = first.sequence;
        position = first.timestamp;
        clockHz = first.clockHz;
        levelMs = target.milliseconds();
        stalledMs = 0;
        running = true;
        return true;
    }

    private Slot firstKept() {
        long sequence = next;
        while (!slot(sequence).holds(sequence)) {
            sequence++;
        }
        return slot(sequence);
    }

    private void drainOrRest(short[] pcm, int samples) {
        int ready = Math.min(samples, line.waiting());
        if (ready < samples) {
            int missing = samples - ready;
            noise.fill(decoded, missing);
            line.add(decoded, missing);
        }
        line.take(pcm, samples);
    }

    /** Brings at least one sample nearer to a full frame, or stops. */
    private void advance(int frameSamples) {
        if (kept == 0) {
            stall(frameSamples - line.waiting());
            return;
        }
        Slot slot = slot(next);
        if (slot.holds(next)) {
            play(slot);
            return;
        }
        if (!pausing && levelMs + FRAME_MS < target.milliseconds() && stalledMs < longestStallMs()) {
            stall(frameSamples - line.waiting());
            return;
        }
        skipLost(firstKept());
    }

    /** Nothing to play: it may only be late, and then it is still played, so time does not go on. */
    private void stall(int missing) {
        if (stalledMs >= longestStallMs() || pausing) {
            running = false;
            return;
        }
        line.conceal(missing);
        frameMadeUp += missing;
        stalledMs += Math.max(1, missing / perMs);
        levelMs += (double) missing / perMs;
    }

    private int longestStallMs() {
        return Math.max(STALLED_MS, 2 * packetMs);
    }

    private void skipLost(Slot following) {
        long gap = samples(following.timestamp - position, following.clockHz);
        long lost = following.sequence - next;
        if (following.voice == null || gap < 0 || gap > (long) LONGEST_GAP_MS * perMs) {
            gap = Math.min(lost * FRAME_MS, LONGEST_GAP_MS) * perMs;
        }
        int missing = (int) Math.max(0, gap - (long) stalledMs * perMs);
        if (missing > 0 && !pausing) {
            fillLost(following, lost, missing);
        }
        next = following.sequence;
        position = following.timestamp;
        clockHz = following.clockHz;
        stalledMs = 0;
    }

    private void fillLost(Slot following, long lost, int missing) {
        int told = lost == 1 && following.voice != null
                ? following.voice.decodeLost(following.bytes, following.length, decoded, missing)
                : 0;
        if (told > 0) {
            line.add(decoded, told);
            return;
        }
        line.conceal(missing);
        frameMadeUp += missing;
    }

    private void play(Slot slot) {
        if (slot.clockHz != clockHz || pausing) {
            clockHz = slot.clockHz;
            position = slot.timestamp;
        }
        Voice voice = slot.voice;
        pausing = voice == null;
        if (voice != null) {
            silence(samples(slot.timestamp - position, clockHz) - (long) stalledMs * perMs);
            int count = voice.decode(slot.bytes, slot.length, decoded);
            line.add(decoded, count);
            packetMs = Math.max(FRAME_MS, count / perMs);
            position = slot.timestamp + (long) count * clockHz / (1_000L * perMs);
        }
        stalledMs = voice == null ? stalledMs : 0;
        slot.free();
        kept--;
        next++;
    }

    /** The sender said nothing for so long. */
    private void silence(long gap) {
        int samples = (int) Math.min(gap, (long) LONGEST_GAP_MS * perMs);
        while (samples > 0) {
            int count = Math.min(samples, decoded.length);
            noise.fill(decoded, count);
            line.add(decoded, count);
            samples -= count;
        }
    }

    private long samples(long timestamps, int clock) {
        return timestamps * perMs * 1_000 / clock;
    }

    private void shortenBacklog(int frameSamples) {
        double waitingMs = (double) line.waiting() / perMs;
        if (kept > 0 && slot(newest).holds(newest)) {
            waitingMs += Math.max(0, (slot(newest).timestamp - position) * 1e3 / clockHz + packetMs);
        }
        levelMs += (waitingMs - levelMs) / 16;
        double tooMuch = Math.min(levelMs, waitingMs) - target.milliseconds() - packetMs;
        if (!running || tooMuch <= 0) {
            return;
        }
        int wanted = frameSamples + 20 * perMs;
        while (line.waiting() < wanted && kept > 0 && slot(next).holds(next)) {
            play(slot(next));
        }
        int before = line.waiting();
        if (before >= wanted && line.shorten()) {
            levelMs -= (double) (before - line.waiting()) / perMs;
        }
    }

    /** Speech that was made up. */
    Duration concealed() {
        return Duration.ofMillis(concealedSamples / perMs);
    }

    /** How long speech waits now. */
    Duration buffered() {
        return Duration.ofMillis(running ? Math.round(levelMs) : 0);
    }

    /** One packet, in memory that is used again. */
    private static final class Slot {
        private byte[] bytes = {};
        private int length;
        private @Nullable Voice voice;
        private int clockHz;
        private long sequence = -1;
        private long timestamp;
        private boolean held;

        void fill(@Nullable Voice decoder, int clock, long number, long time, RtpPacket packet) {
            length = packet.payloadLength();
            if (bytes.length < length) {
                bytes = new byte[length];
            }
            System.arraycopy(packet.bytes(), packet.payload(), bytes, 0, length);
            voice = decoder;
            clockHz = clock;
            sequence = number;
            timestamp = time;
            held = true;
        }

        boolean holds(long number) {
            return held && sequence == number;
        }

        void free() {
            held = false;
        }
    }
}
