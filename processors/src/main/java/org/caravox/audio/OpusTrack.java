package org.caravox.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.caravox.requests.Refusal;

/**
 * The Opus packets of a container, from its identification header on. A track of one channel is the first of two, beside
 * silence: nobody is to be heard twice. Source: RFC 7845, sections 4.2 and 5.1.
 */
final class OpusTrack {

    private static final byte[] MAGIC = "OpusHead".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES = 19;
    private static final int OPUS_RATE_HZ = 48_000;

    private final OpusPackets packets;
    private final boolean oneChannel;
    private final boolean besideSilence;
    private int skip;

    /**
     * A track.
     *
     * @throws Refusal INVALID when it has more than two channels, or the rate is none of Opus's
     */
    OpusTrack(byte[] head, int sampleRateHz, int channels) {
        ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int count = fields.get(9) & 0xFF;
        if (count < 1 || count > 2) {
            throw Refusal.invalid("an Opus stream may have 1 or 2 channels, this has " + count);
        }
        oneChannel = count == 1;
        besideSilence = oneChannel && channels == 2;
        packets = new OpusPackets(sampleRateHz, besideSilence ? 1 : channels);
        packets.gain(fields.getShort(16));
        int preSkip = fields.getShort(10) & 0xFFFF;
        skip = (int) ((long) preSkip * sampleRateHz / OPUS_RATE_HZ) * 2 * channels;
    }

    boolean isOneChannel() {
        return oneChannel;
    }

    static boolean isHead(byte[] bytes) {
        return bytes.length >= HEAD_BYTES && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Decodes the next packet; what the encoder put before the first sample is left out. */
    byte[] decode(byte[] packet) {
        byte[] heard = packets.decode(packet);
        byte[] decoded = besideSilence ? besideSilence(heard) : heard;
        int skipped = Math.min(skip, decoded.length);
        skip -= skipped;
        return skipped == 0 ? decoded : Arrays.copyOfRange(decoded, skipped, decoded.length);
    }

    private static byte[] besideSilence(byte[] one) {
        byte[] two = new byte[2 * one.length];
        for (int i = 0; i < one.length; i += 2) {
            two[2 * i] = one[i];
            two[2 * i + 1] = one[i + 1];
        }
        return two;
    }
}
