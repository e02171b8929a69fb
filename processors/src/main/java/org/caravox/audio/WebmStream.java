package org.caravox.audio;

import java.util.Arrays;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the Opus track of WebM while it comes in, as the MediaRecorder of browsers makes it; other tracks are passed
 * over. Elements that hold others are opened whatever their length, which a recorder does not know yet; of the rest only
 * those named here are read. Sources: RFC 8794 (EBML), RFC 9559 (Matroska).
 */
public final class WebmStream implements AudioIntake {

    private static final int SEGMENT = 0x18538067;
    private static final int TRACKS = 0x1654AE6B;
    private static final int TRACK_ENTRY = 0xAE;
    private static final int TRACK_NUMBER = 0xD7;
    private static final int CODEC_PRIVATE = 0x63A2;
    private static final int CLUSTER = 0x1F43B675;
    private static final int BLOCK_GROUP = 0xA0;
    private static final int BLOCK = 0xA1;
    private static final int SIMPLE_BLOCK = 0xA3;

    private static final int LONGEST_ID = 4;
    private static final int LONGEST_LENGTH = 8;
    private static final long UNKNOWN = -1;
    private static final int LARGEST_READ = 64 * 1024;
    private static final int AFTER_TRACK = 3; // a time of two bytes, and flags
    private static final int LACED = 0x06;
    private static final byte[] NOTHING = {};

    private final int sampleRateHz;
    private final int channels;
    private final PendingBytes pending = new PendingBytes();
    private long passing;
    private long entry;
    private long heard = UNKNOWN;
    private @Nullable OpusTrack track;

    /**
     * A decoder of one stream.
     *
     * @param sampleRateHz of what comes out: 8000, 12000, 16000, 24000 or 48000, whatever the sender's was
     * @param channels     of what comes out: 1 or 2, whatever the sender's were
     */
    public WebmStream(int sampleRateHz, int channels) {
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
        while (passed()) {
            int idBytes = lengthOfNumber(0, LONGEST_ID);
            int lengthBytes = idBytes == 0 ? 0 : lengthOfNumber(idBytes, LONGEST_LENGTH);
            if (lengthBytes == 0) {
                return NOTHING;
            }
            int id = (int) number(0, idBytes, false);
            long length = number(idBytes, lengthBytes, true);
            int header = idBytes + lengthBytes;
            boolean isRead = isRead(id) && length != UNKNOWN && length <= LARGEST_READ;
            if (isRead && pending.size() < header + length) {
                return NOTHING;
            }
            pending.skip(header);
            if (isRead) {
                byte[] pcm = read(id, pending.read((int) length));
                if (pcm.length > 0) {
                    return pcm;
                }
            } else if (!isOpened(id)) {
                pass(length);
            }
        }
        return NOTHING;
    }

    /** Whether the next element begins here. */
    private boolean passed() {
        int some = (int) Math.min(passing, pending.size());
        pending.skip(some);
        passing -= some;
        return passing == 0 && pending.size() > 0;
    }

    private void pass(long length) {
        if (length == UNKNOWN) {
            throw notWebm("an element has no length");
        }
        passing = length;
    }

    private static boolean isOpened(int id) {
        return id == SEGMENT || id == TRACKS || id == TRACK_ENTRY || id == CLUSTER || id == BLOCK_GROUP;
    }

    private static boolean isRead(int id) {
        return id == TRACK_NUMBER || id == CODEC_PRIVATE || id == SIMPLE_BLOCK || id == BLOCK;
    }

    /** The zeros before its first one tell how many bytes a number has; 0 when it is not all there. RFC 8794, section 4. */
    private int lengthOfNumber(int offset, int longest) {
        if (pending.size() <= offset) {
            return 0;
        }
        int length = Integer.numberOfLeadingZeros(pending.at(offset)) - 23;
        if (length > longest) {
            throw notWebm("it is not made of EBML elements");
        }
        return pending.size() < offset + length ? 0 : length;
    }

    /** Ids keep the bit that ends those zeros; lengths do not, and are unknown when all other bits are ones. */
    private long number(int offset, int bytes, boolean isLength) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = (number << 8) | pending.at(offset + i);
        }
        if (!isLength) {
            return number;
        }
        long most = (1L << (7 * bytes)) - 1;
        return (number & most) == most ? UNKNOWN : number & most;
    }

    private byte[] read(int id, byte[] content) {
        switch (id) {
            case TRACK_NUMBER -> entry = content.length == 0 ? 0 : content[content.length - 1] & 0xFF;
            case CODEC_PRIVATE -> {
                if (OpusTrack.isHead(content)) {
                    track = new OpusTrack(content, sampleRateHz, channels);
                    heard = entry;
                }
            }
            default -> {
                return block(content);
            }
        }
        return NOTHING;
    }

    /** RFC 9559, section 10.2; tracks have numbers below 127 wherever there are so few. */
    private byte[] block(byte[] block) {
        OpusTrack known = track;
        if (known == null) {
            throw notWebm("it has no Opus track before its audio");
        }
        if (block.length <= 1 + AFTER_TRACK || (block[0] & 0x7F) != heard) {
            return NOTHING;
        }
        if ((block[AFTER_TRACK] & LACED) != 0) {
            throw notWebm("it has more than one packet a block");
        }
        return known.decode(Arrays.copyOfRange(block, 1 + AFTER_TRACK, block.length));
    }

    private static Refusal notWebm(String why) {
        return new Refusal(Refusal.Reason.NOT_AUDIO, "the audio is not WebM with Opus: " + why);
    }
}
