package org.caravox.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Reads a WAV file while it comes in, and makes signed 16-bit little-endian PCM of one form of it: G.711 is decoded, the
 * rate is changed, two channels are mixed into one, one channel is the first of two, beside silence. Source: Microsoft/IBM
 * "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE; the format tags are those of RFC 2361.
 */
public final class WavStream implements AudioIntake {

    private static final int FILE_HEADER_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;
    private static final int FORMAT_BYTES = 16;
    private static final int LARGEST_FORMAT_BYTES = 64;
    private static final int EXTENSIBLE_BYTES = 26;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final int MOST_CHUNKS = 1_000;
    private static final int LOWEST_RATE_HZ = 8_000;
    private static final int HIGHEST_RATE_HZ = 48_000;
    private static final int PIECE_FRAMES = 4_096;
    private static final byte[] NOTHING = {};

    private final RawAudio to;
    private final PendingBytes pending = new PendingBytes();
    private boolean begun;
    private int chunks;
    private long passing;
    private @Nullable RawAudio form;
    private @Nullable ChannelSplit split;

    /** How much of its audio is still to come, once its header is read; what follows it is passed over. */
    private long left = -1;

    /** @param to what comes out: 16-bit linear, 1 or 2 channels, 8000 to 48000 Hz */
    public WavStream(RawAudio to) {
        this.to = to;
    }

    @Override
    public void take(byte[] bytes) {
        pending.add(bytes);
    }

    @Override
    public byte[] next() {
        while (left < 0) {
            if (!readHeader()) {
                return NOTHING;
            }
        }
        RawAudio from = known(form);
        while (left >= from.frameBytes()) {
            int frames = (int) Math.min(Math.min(pending.size(), left) / from.frameBytes(), PIECE_FRAMES);
            if (frames == 0) {
                return NOTHING;
            }
            byte[] piece = pending.read(frames * from.frameBytes());
            left -= piece.length;
            byte[] samples = converted(from, piece);
            if (samples.length > 0) {
                return samples;
            }
        }
        pending.skip(pending.size());
        return NOTHING;
    }

    @Override
    public boolean isOneChannel() {
        RawAudio from = form;
        return from != null && from.channels() == 1;
    }

    /** Reads one part of the header; whether it was there as a whole. */
    private boolean readHeader() {
        if (passing > 0) {
            int some = (int) Math.min(passing, pending.size());
            pending.skip(some);
            passing -= some;
            return passing == 0;
        }
        if (pending.size() < (begun ? CHUNK_HEADER_BYTES : FILE_HEADER_BYTES)) {
            return false;
        }
        if (!begun) {
            begun = true;
            if (!tag(pending.read(FILE_HEADER_BYTES), 8).equals("WAVE")) {
                throw notWav("it is another RIFF file");
            }
            return true;
        }
        return readChunk();
    }

    private boolean readChunk() {
        long length = pending.at(4) | (pending.at(5) << 8) | (pending.at(6) << 16) | ((long) pending.at(7) << 24);
        byte[] name = {(byte) pending.at(0), (byte) pending.at(1), (byte) pending.at(2), (byte) pending.at(3)};
        boolean isFormat = tag(name, 0).equals("fmt ");
        if (isFormat && (length < FORMAT_BYTES || length > LARGEST_FORMAT_BYTES)) {
            throw notWav("its format chunk has " + length + " bytes");
        }
        if (isFormat && pending.size() < CHUNK_HEADER_BYTES + length) {
            return false;
        }
        pending.skip(CHUNK_HEADER_BYTES);
        if (isFormat) {
            readFormat(ByteBuffer.wrap(pending.read((int) length)).order(ByteOrder.LITTLE_ENDIAN));
            passing = length & 1;
        } else if (tag(name, 0).equals("data")) {
            beginAudio(length);
        } else {
            passing = length + (length & 1);
            checkCount();
        }
        return true;
    }

    private void checkCount() {
        chunks++;
        if (chunks > MOST_CHUNKS) {
            throw notWav("it has no audio data in its first " + MOST_CHUNKS + " chunks");
        }
    }

    private void readFormat(ByteBuffer format) {
        int tag = Short.toUnsignedInt(format.getShort(0));
        if (tag == EXTENSIBLE && format.limit() >= EXTENSIBLE_BYTES) {
            tag = Short.toUnsignedInt(format.getShort(24));
        }
        int bits = Short.toUnsignedInt(format.getShort(14));
        int channels = Short.toUnsignedInt(format.getShort(2));
        long rateHz = Integer.toUnsignedLong(format.getInt(4));
        RawAudio.Encoding encoding = RawAudio.Encoding.ofWav(tag, bits)
                .orElseThrow(() -> Refusal.invalid("a live WAV file holds 16-bit linear PCM, mu-law or A-law, this has"
                        + " another coding: send Opus, or 16-bit samples"));
        if (rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ) {
            throw Refusal.invalid("the WAV file says that its sample rate is " + rateHz + " Hz: use " + LOWEST_RATE_HZ
                    + " to " + HIGHEST_RATE_HZ);
        }
        if (channels < 1 || channels > 2) {
            throw Refusal.invalid("a live WAV file has 1 or 2 channels, this has " + channels);
        }
        form = new RawAudio(encoding, (int) rateHz, channels);
    }

    /** Recorders that do not know yet how long it will be write 0 or the largest number. */
    private void beginAudio(long length) {
        RawAudio from = known(form);
        left = length == 0 || length >= Integer.MAX_VALUE - 64 ? Long.MAX_VALUE : length;
        if (!from.equals(to)) {
            split = new ChannelSplit(from, to.sampleRateHz());
        }
    }

    private static RawAudio known(@Nullable RawAudio form) {
        if (form == null) {
            throw notWav("it has no format chunk before its audio data");
        }
        return form;
    }

    private byte[] converted(RawAudio from, byte[] piece) {
        ChannelSplit change = split;
        return change == null ? piece : joined(change.split(piece), from.channels());
    }

    private byte[] joined(byte[][] heard, int channels) {
        byte[] left = heard[0];
        byte[] right = heard[channels - 1];
        int frame = to.frameBytes();
        byte[] joined = new byte[left.length / 2 * frame];
        for (int from = 0, at = 0; at < joined.length; from += 2, at += frame) {
            if (to.channels() == 2) {
                System.arraycopy(left, from, joined, at, 2);
                if (channels == 2) {
                    System.arraycopy(right, from, joined, at + 2, 2);
                }
            } else {
                int mixed = (sample(left, from) + sample(right, from)) / 2;
                joined[at] = (byte) mixed;
                joined[at + 1] = (byte) (mixed >> 8);
            }
        }
        return joined;
    }

    private static short sample(byte[] pcm, int at) {
        return (short) ((pcm[at] & 0xFF) | (pcm[at + 1] << 8));
    }

    private static String tag(byte[] bytes, int at) {
        return new String(Arrays.copyOfRange(bytes, at, at + 4), StandardCharsets.ISO_8859_1);
    }

    private static Refusal notWav(String why) {
        return new Refusal(Refusal.Reason.NOT_AUDIO, "the audio is not a WAV file that can be read: " + why);
    }
}
