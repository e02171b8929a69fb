package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.door.live.LiveLine;
import org.caravox.requests.Refusal;

/**
 * Asterisk's AudioSocket: frames of a kind, a length and a payload, over TCP; the first holds the call's UUID, audio is
 * 16-bit linear PCM at the rate that its kind says. Source: Asterisk's documentation, "AudioSocket".
 */
public final class AudioSocketCodec implements PhoneCodec, PhonePlayer {

    /** Kind and length, before a payload. */
    static final int HEADER_BYTES = 3;

    static final byte HANG_UP = 0x00;

    private static final byte UUID_KIND = 0x01;
    private static final byte DTMF = 0x03;
    private static final int FIRST_AUDIO = 0x10;
    private static final int ERROR = 0xFF;
    private static final int UUID_BYTES = 16;

    /** Asterisk passes on at once what it is given: no more than the timers of both sides need. */
    private static final Duration AHEAD = Duration.ofMillis(40);

    /** The rates of the kinds from 0x10 on. */
    private static final int[] RATES_HZ = {8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000};

    private final LiveLine line;
    private final UUID id;
    private final Map<String, String> wishes;
    private int audioKind;

    /** @param wishes of the stream, by the names of {@link PhoneStart#WISHES}; others are kept with the call */
    AudioSocketCodec(LiveLine line, UUID id, Map<String, String> wishes) {
        this.line = line;
        this.id = id;
        this.wishes = Map.copyOf(wishes);
    }

    /** The UUID, if a frame holds one. */
    static Optional<UUID> uuid(byte[] frame) {
        if (frame[0] != UUID_KIND || frame.length != HEADER_BYTES + UUID_BYTES) {
            return Optional.empty();
        }
        ByteBuffer payload = ByteBuffer.wrap(frame, HEADER_BYTES, UUID_BYTES);
        return Optional.of(new UUID(payload.getLong(), payload.getLong()));
    }

    /** Reads a frame, with its header. */
    @Override
    public void binary(byte[] message, PhoneLine line) {
        int kind = message[0] & 0xFF;
        byte[] payload = Arrays.copyOfRange(message, HEADER_BYTES, message.length);
        if (kind >= FIRST_AUDIO && kind < FIRST_AUDIO + RATES_HZ.length) {
            audio(kind, payload, line);
        } else if (kind == DTMF && payload.length == 1) {
            line.presses(String.valueOf((char) payload[0]));
        } else if (kind == HANG_UP || kind == ERROR) {
            line.hangsUp();
        }
    }

    private void audio(int kind, byte[] payload, PhoneLine line) {
        if (audioKind == 0) {
            audioKind = kind;
            ObjectNode call = PhoneJson.object().put("uuid", id.toString());
            line.begins(
                    PhoneStart.of(PhoneJson.linear(RATES_HZ[kind - FIRST_AUDIO], 1), wishes, PhoneJson.object(), call));
        }
        if (kind != audioKind) {
            throw new Refusal(Refusal.Reason.MALFORMED, "the sample rate of an AudioSocket changed in mid-stream");
        }
        line.hears(payload);
    }

    @Override
    public void text(String message, PhoneLine line) {
        throw new IllegalStateException("AudioSocket has no text");
    }

    @Override
    public void play(byte[] audio) {
        byte[] frame = ByteBuffer.allocate(HEADER_BYTES + audio.length)
                .put((byte) audioKind)
                .putShort((short) audio.length)
                .put(audio)
                .array();
        line.binary(frame);
    }

    @Override
    public Duration ahead() {
        return AHEAD;
    }

    @Override
    public boolean tellsMarks() {
        return false;
    }

    @Override
    public void mark(String name) {
        throw new IllegalStateException("AudioSocket has no marks");
    }

    /** What was sent is on its way to the caller already. */
    @Override
    public void clear() {}
}
