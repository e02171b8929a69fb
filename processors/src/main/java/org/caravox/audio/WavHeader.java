package org.caravox.audio;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.caravox.requests.Refusal;

/**
 * Holds a WAV file's header against the file itself, so that a lie in it is named before any decoder believes it.
 * Source: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE.
 */
final class WavHeader {

    private static final int MOST_CHUNKS = 1_000;
    private static final int LOWEST_RATE_HZ = 1_000;
    private static final int HIGHEST_RATE_HZ = 384_000;

    /** What recorders write that cannot go back to the header: "until the end". */
    private static final long UNKNOWN_LENGTH = 0xFFFF_FFFFL;

    private WavHeader() {}

    /**
     * Checks the file if it is a WAV file; leaves any other alone.
     *
     * @throws Refusal INVALID, naming what is wrong with it
     */
    static void check(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            ByteBuffer start = read(in, 12);
            if (start.remaining() < 12
                    || !tag(start, 0).equals("RIFF")
                    || !tag(start, 8).equals("WAVE")) {
                return;
            }
            checkChunks(in);
        }
    }

    private static void checkChunks(RandomAccessFile in) throws IOException {
        boolean formatSeen = false;
        for (int chunks = 0; chunks < MOST_CHUNKS; chunks++) {
            ByteBuffer chunk = read(in, 8);
            if (chunk.remaining() < 8) {
                throw Refusal.invalid("the WAV file is truncated: it ends before its audio data");
            }
            String tag = tag(chunk, 0);
            long length = Integer.toUnsignedLong(chunk.getInt(4));
            long left = in.length() - in.getFilePointer();
            if (tag.equals("data")) {
                checkData(formatSeen, length, left);
                return;
            }
            if (length > left) {
                throw Refusal.invalid("the WAV file is truncated: its header claims " + length + " bytes of '"
                        + printable(tag) + "', " + left + " follow");
            }
            if (tag.equals("fmt ")) {
                checkFormat(read(in, (int) Math.min(length, 40)));
                formatSeen = true;
                in.seek(in.getFilePointer() - Math.min(length, 40));
            }
            in.seek(in.getFilePointer() + length + (length & 1));
        }
        throw Refusal.invalid("the WAV file has no audio data in its first " + MOST_CHUNKS + " chunks");
    }

    private static void checkFormat(ByteBuffer format) {
        if (format.remaining() < 16) {
            throw Refusal.invalid("the WAV file's format chunk is too short");
        }
        int channels = Short.toUnsignedInt(format.getShort(2));
        long rate = Integer.toUnsignedLong(format.getInt(4));
        if (channels == 0) {
            throw Refusal.invalid("the WAV file says that it has zero channels");
        }
        if (rate < LOWEST_RATE_HZ || rate > HIGHEST_RATE_HZ) {
            throw Refusal.invalid("the WAV file says that its sample rate is " + rate + " Hz: use " + LOWEST_RATE_HZ
                    + " to " + HIGHEST_RATE_HZ);
        }
    }

    private static void checkData(boolean formatSeen, long claimed, long present) {
        if (!formatSeen) {
            throw Refusal.invalid("the WAV file has no format chunk before its audio data");
        }
        if (present == 0) {
            throw Refusal.invalid("the WAV file is empty: it holds no audio data");
        }
        if (claimed != UNKNOWN_LENGTH && claimed > present) {
            throw Refusal.invalid("the WAV file is truncated: its header claims " + claimed + " bytes of audio data, "
                    + present + " follow");
        }
    }

    private static ByteBuffer read(RandomAccessFile in, int bytes) throws IOException {
        byte[] buffer = new byte[bytes];
        int filled = 0;
        while (filled < bytes) {
            int count = in.read(buffer, filled, bytes - filled);
            if (count < 0) {
                break;
            }
            filled += count;
        }
        return ByteBuffer.wrap(buffer, 0, filled).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String tag(ByteBuffer buffer, int at) {
        byte[] tag = new byte[4];
        buffer.get(at, tag);
        return new String(tag, StandardCharsets.ISO_8859_1);
    }

    private static String printable(String tag) {
        return tag.replaceAll("[^\\x20-\\x7e]", "?").strip();
    }
}
