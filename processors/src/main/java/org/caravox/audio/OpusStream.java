package org.caravox.audio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Ogg Opus while it comes in: bytes, cut anywhere, become signed 16-bit little-endian PCM, a packet at a time. Of
 * what it has read it keeps no more than one packet. A stream may follow another (chained); up to one packet of padding
 * at the end of each is heard. Sources: RFC 3533 (Ogg pages), RFC 7845 (Opus in Ogg).
 */
public final class OpusStream implements AudioIntake {

    /** What every page begins with. */
    static final byte[] PAGE = "OggS".getBytes(StandardCharsets.US_ASCII);

    private static final int PAGE_HEADER_BYTES = 27;
    private static final int LARGEST_PACKET_BYTES = 64 * 1024;
    private static final int CONTINUED = 1;
    private static final int FIRST = 2;
    private static final int FULL_SEGMENT = 255;
    private static final byte[] NOTHING = {};

    private enum Expected {
        HEAD,
        TAGS,
        AUDIO
    }

    private final int sampleRateHz;
    private final int channels;
    private final PendingBytes pending = new PendingBytes();
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();

    /** How long the segments of the page are that is being read. */
    private byte[] segments = NOTHING;

    private int segment;
    private Expected expected = Expected.HEAD;
    private @Nullable OpusTrack track;

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

    @Override
    public void take(byte[] bytes) {
        pending.add(bytes);
    }

    @Override
    public boolean isOneChannel() {
        OpusTrack begun = track;
        return begun != null && begun.isOneChannel();
    }

    @Override
    public byte[] next() {
        while (segment < segments.length || openPage()) {
            int length = segments[segment] & 0xFF;
            if (pending.size() < length) {
                return NOTHING;
            }
            segment++;
            keep(pending.read(length));
            if (length < FULL_SEGMENT) {
                byte[] pcm = readPacket();
                packet.reset();
                if (pcm.length > 0) {
                    return pcm;
                }
            }
        }
        return NOTHING;
    }

    /** Whether a page begins that has segments; those without any are passed over. */
    private boolean openPage() {
        while (true) {
            if (!pending.mayBecome(PAGE)) {
                throw notOpus("it is not made of Ogg pages");
            }
            if (pending.size() < PAGE_HEADER_BYTES
                    || pending.size() < PAGE_HEADER_BYTES + pending.at(PAGE_HEADER_BYTES - 1)) {
                return false;
            }
            byte[] header = pending.read(PAGE_HEADER_BYTES);
            segments = pending.read(header[PAGE_HEADER_BYTES - 1] & 0xFF);
            segment = 0;
            flagged(header[5]);
            if (segments.length > 0) {
                return true;
            }
        }
    }

    private void flagged(int flags) {
        if ((flags & FIRST) != 0) {
            expected = Expected.HEAD;
        }
        if ((flags & CONTINUED) == 0) {
            packet.reset();
        }
    }

    /** Tags may be long, pictures among them, and are not read. */
    private void keep(byte[] part) {
        if (expected == Expected.TAGS) {
            return;
        }
        if (packet.size() + part.length > LARGEST_PACKET_BYTES) {
            throw notOpus("a packet is longer than " + LARGEST_PACKET_BYTES + " bytes");
        }
        packet.writeBytes(part);
    }

    private byte[] readPacket() {
        switch (expected) {
            case HEAD -> {
                track = track(packet.toByteArray());
                expected = Expected.TAGS;
            }
            case TAGS -> expected = Expected.AUDIO;
            case AUDIO -> {
                OpusTrack begun = track;
                if (begun != null) {
                    return begun.decode(packet.toByteArray());
                }
            }
        }
        return NOTHING;
    }

    private OpusTrack track(byte[] head) {
        if (!OpusTrack.isHead(head)) {
            throw notOpus("it does not begin with an Opus header");
        }
        return new OpusTrack(head, sampleRateHz, channels);
    }

    private static Refusal notOpus(String why) {
        return new Refusal(Refusal.Reason.NOT_AUDIO, "the audio is not Ogg Opus: " + why);
    }
}
