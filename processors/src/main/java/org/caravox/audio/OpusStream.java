package org.caravox.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Ogg Opus while it comes in: bytes, cut anywhere, become signed 16-bit little-endian PCM. It keeps no more than
 * one page and one packet. A stream may follow another (chained); up to one packet of padding at the end of each is
 * heard. For one thread. Sources: RFC 3533 (Ogg pages), RFC 7845 (Opus in Ogg).
 */
public final class OpusStream {

    private static final int PAGE_HEADER_BYTES = 27;
    private static final int OPUS_RATE_HZ = 48_000;
    private static final int LARGEST_PACKET_BYTES = 64 * 1024;
    private static final int HEAD_BYTES = 19;
    private static final int CONTINUED = 1;
    private static final int FIRST = 2;
    private static final int FULL_SEGMENT = 255;
    private static final byte[] NOTHING = {};
    private static final byte[] HEAD = "OpusHead".getBytes(StandardCharsets.US_ASCII);

    private enum Expected {
        HEAD,
        TAGS,
        AUDIO
    }

    private final int sampleRateHz;
    private final int channels;
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();
    private byte[] page = NOTHING;
    private Expected expected = Expected.HEAD;
    private @Nullable OpusPackets packets;
    private int skip;

    /**
     * A decoder of one stream.
     *
     * @param sampleRateHz of what comes out: 8000, 12000, 16000, 24000 or 48000, whatever the sender's was
     * @param channels     of what comes out: 1 or 2, whatever the sender's were
     */
    public OpusStream(int sampleRateHz, int channels) {
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
    }

    /**
     * Takes the next bytes.
     *
     * @return the PCM of the pages that they complete; often none
     * @throws Refusal NOT_AUDIO when they are not Ogg Opus, INVALID when it has more than two channels
     */
    public byte[] decode(byte[] bytes) {
        page = joined(page, bytes);
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        int at = 0;
        for (int length = pageLength(at); length > 0; length = pageLength(at)) {
            readPage(at, pcm);
            at += length;
        }
        page = Arrays.copyOfRange(page, at, page.length);
        return pcm.toByteArray();
    }

    private static byte[] joined(byte[] before, byte[] after) {
        byte[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return all;
    }

    /** How long the page is that begins here; 0 while it is not all there. */
    private int pageLength(int at) {
        int there = page.length - at;
        for (int i = 0; i < Math.min(4, there); i++) {
            if (page[at + i] != "OggS".charAt(i)) {
                throw notOpus("it is not made of Ogg pages");
            }
        }
        if (there < PAGE_HEADER_BYTES || there < PAGE_HEADER_BYTES + segments(at)) {
            return 0;
        }
        int length = PAGE_HEADER_BYTES + segments(at);
        for (int segment = 0; segment < segments(at); segment++) {
            length += segment(at, segment);
        }
        return there < length ? 0 : length;
    }

    private int segments(int at) {
        return page[at + PAGE_HEADER_BYTES - 1] & 0xFF;
    }

    private int segment(int at, int number) {
        return page[at + PAGE_HEADER_BYTES + number] & 0xFF;
    }

    private void readPage(int at, ByteArrayOutputStream pcm) {
        int flags = page[at + 5];
        if ((flags & FIRST) != 0) {
            expected = Expected.HEAD;
        }
        if ((flags & CONTINUED) == 0) {
            packet.reset();
        }
        int from = at + PAGE_HEADER_BYTES + segments(at);
        for (int number = 0; number < segments(at); number++) {
            int length = segment(at, number);
            keep(from, length);
            from += length;
            if (length < FULL_SEGMENT) {
                readPacket(pcm);
                packet.reset();
            }
        }
    }

    /** Tags may be long, pictures among them, and are not read. */
    private void keep(int from, int length) {
        if (expected == Expected.TAGS) {
            return;
        }
        if (packet.size() + length > LARGEST_PACKET_BYTES) {
            throw notOpus("a packet is longer than " + LARGEST_PACKET_BYTES + " bytes");
        }
        packet.write(page, from, length);
    }

    private void readPacket(ByteArrayOutputStream pcm) {
        switch (expected) {
            case HEAD -> {
                readHead(packet.toByteArray());
                expected = Expected.TAGS;
            }
            case TAGS -> expected = Expected.AUDIO;
            case AUDIO -> {
                OpusPackets begun = packets;
                if (begun != null) {
                    write(begun.decode(packet.toByteArray()), pcm);
                }
            }
        }
    }

    /** RFC 7845, section 5.1. */
    private void readHead(byte[] head) {
        if (head.length < HEAD_BYTES || !Arrays.equals(Arrays.copyOf(head, HEAD.length), HEAD)) {
            throw notOpus("it does not begin with an Opus header");
        }
        ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int count = fields.get(9) & 0xFF;
        if (count < 1 || count > 2) {
            throw Refusal.invalid("an Ogg Opus stream may have 1 or 2 channels, this has " + count);
        }
        OpusPackets fresh = new OpusPackets(sampleRateHz, channels);
        fresh.gain(fields.getShort(16));
        packets = fresh;
        int preSkip = fields.getShort(10) & 0xFFFF;
        skip = (int) ((long) preSkip * sampleRateHz / OPUS_RATE_HZ) * 2 * channels;
    }

    private void write(byte[] decoded, ByteArrayOutputStream pcm) {
        int skipped = Math.min(skip, decoded.length);
        skip -= skipped;
        pcm.write(decoded, skipped, decoded.length - skipped);
    }

    private static Refusal notOpus(String why) {
        return new Refusal(Refusal.Reason.NOT_AUDIO, "the audio is not Ogg Opus: " + why);
    }
}
