package org.caravox.rtp;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.caravox.calls.media.AudioQueue;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.Tones;
import org.jspecify.annotations.Nullable;

/** Makes packets of what one party is to hear. Sources: RFC 3550, RFC 3551; RFC 4733 for keys. On its leg's loop. */
final class RtpSender {

    /** Takes the packet at the beginning of the loop's array. */
    interface Wire {
        void send(int length);
    }

    private static final int FRAME_MS = JitterBuffer.FRAME_MS;
    private static final int LEAST_KEY_MS = 40;
    private static final int BETWEEN_KEYS_MS = 60;
    private static final int WAIT_MS = 500;
    private static final int END_PACKETS = 3;
    private static final int KEY_VOLUME = 10;

    private final int perMs;
    private final boolean continuous;
    private final byte[] packet;
    private final Wire wire;
    private final int ssrc;
    private final short[] waiting = new short[80 * 16];

    private Codec codec;
    private Voice voice;
    private int packetSamples;
    private Optional<Codec> keyEvents = Optional.empty();
    private int waitingSamples;
    private int sequence = ThreadLocalRandom.current().nextInt(0x1_0000);
    private int timestamp = ThreadLocalRandom.current().nextInt();
    private boolean paused = true;
    private long packets;
    private long bytes;

    private AudioQueue.@Nullable Key key;
    private int keyMs;
    private int keyTimestamp;

    RtpSender(int sampleRateHz, boolean continuous, int ssrc, byte[] packet, Wire wire, Agreed agreed) {
        perMs = sampleRateHz / 1_000;
        this.continuous = continuous;
        this.ssrc = ssrc;
        this.packet = packet;
        this.wire = wire;
        codec = agreed.sent();
        voice = Codecs.voice(codec, sampleRateHz);
        agree(agreed);
    }

    /** A later answer: the numbers of packets and the source go on. */
    void agree(Agreed agreed) {
        if (!agreed.sent().isLike(codec)) {
            voice = Codecs.voice(agreed.sent(), 1_000 * perMs);
            paused = true;
        }
        codec = agreed.sent();
        keyEvents = agreed.sentKeys();
        packetSamples = agreed.packetMs() * perMs;
    }

    /** Whether a key is being pressed, or the pause after it lasts. */
    boolean isPressing() {
        return key != null;
    }

    void press(AudioQueue.Key next) {
        key = next;
        keyMs = 0;
        keyTimestamp = timestamp + clock(waitingSamples);
    }

    /** While a key is pressed, its part of the next 20 ms; gives whether the frame is speech to be sent. */
    boolean pressing(short[] frame) {
        AudioQueue.Key pressed = key;
        if (pressed == null) {
            return true;
        }
        int lengthMs = Math.max(LEAST_KEY_MS, (pressed.lengthMs() + FRAME_MS - 1) / FRAME_MS * FRAME_MS);
        boolean wait = pressed.digit() == 'w';
        int endMs = wait ? WAIT_MS : lengthMs + BETWEEN_KEYS_MS;
        int from = keyMs;
        keyMs += FRAME_MS;
        if (keyMs >= endMs) {
            key = null;
        }
        Arrays.fill(frame, 0, FRAME_MS * perMs, (short) 0);
        if (wait || from >= lengthMs) {
            return true;
        }
        if (keyEvents.isEmpty()) {
            Tones.fill(pressed.digit(), 1_000 * perMs, from * perMs, frame, FRAME_MS * perMs);
            return true;
        }
        sendKey(pressed.digit(), keyEvents.get(), keyMs, keyMs >= lengthMs);
        timestamp += clock(FRAME_MS * perMs);
        paused = true;
        return false;
    }

    private void sendKey(char digit, Codec events, int sinceMs, boolean end) {
        int units = Math.min(0xFFFF, sinceMs * events.clockRateHz() / 1_000);
        boolean marker = sinceMs == FRAME_MS;
        for (int i = 0; i < (end ? END_PACKETS : 1); i++) {
            RtpPacket.write(packet, marker, events.payloadType(), sequence, keyTimestamp, ssrc);
            packet[RtpPacket.HEADER_BYTES] = (byte) KeyEvents.event(digit);
            packet[RtpPacket.HEADER_BYTES + 1] = (byte) (KEY_VOLUME | (end ? 0x80 : 0));
            RtpPacket.put16(packet, RtpPacket.HEADER_BYTES + 2, units);
            sent(4);
        }
    }

    /** The next 20 ms; {@code talking} is whether there is anything in them. */
    void frame(short[] pcm, boolean talking) {
        if (!talking && !continuous && waitingSamples == 0) {
            skip();
            return;
        }
        System.arraycopy(pcm, 0, waiting, waitingSamples, FRAME_MS * perMs);
        waitingSamples += FRAME_MS * perMs;
        while (waitingSamples >= packetSamples) {
            sendSpeech();
        }
    }

    /** Nothing is sent for 20 ms, though time goes on. */
    void skip() {
        timestamp += clock(FRAME_MS * perMs);
        paused = true;
    }

    private void sendSpeech() {
        int length = voice.encode(waiting, packetSamples, packet, RtpPacket.HEADER_BYTES);
        RtpPacket.write(packet, paused, codec.payloadType(), sequence, timestamp, ssrc);
        paused = false;
        timestamp += clock(packetSamples);
        waitingSamples -= packetSamples;
        System.arraycopy(waiting, packetSamples, waiting, 0, waitingSamples);
        sent(length);
    }

    private void sent(int payloadLength) {
        sequence = (sequence + 1) & 0xFFFF;
        packets++;
        bytes += payloadLength;
        wire.send(RtpPacket.HEADER_BYTES + payloadLength);
    }

    private int clock(int samples) {
        return (int) ((long) samples * codec.clockRateHz() / (1_000L * perMs));
    }

    Codec codec() {
        return codec;
    }

    int timestamp() {
        return timestamp;
    }

    long packets() {
        return packets;
    }

    long bytes() {
        return bytes;
    }
}
