package org.caravox.speech;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file with spoken audio: the audio, then who spoke it as JSON, then the lengths of both, the audio's checksum
 * (CRC-32C) and a mark. What comes last is written last, so that a file that was cut off is known by its end.
 */
final class KeptSpeech {

    /**
     * Who spoke.
     *
     * @param warnings what was asked for and not done
     */
    record About(String provider, String model, List<String> warnings) {
        About {
            warnings = List.copyOf(warnings);
        }
    }

    private static final int MARK = 0x43565831; // CVX1
    private static final int END_BYTES = 8 + 4 + 8 + 4;
    private static final int MOST_ABOUT_BYTES = 64 * 1024;
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Path file;
    private final About about;
    private final long audioBytes;

    private KeptSpeech(Path file, About about, long audioBytes) {
        this.file = file;
        this.about = about;
        this.audioBytes = audioBytes;
    }

    /** Writes what follows the audio. */
    static void end(OutputStream out, About about, long audioBytes, long checksum, ObjectMapper json)
            throws IOException {
        byte[] written = json.writeValueAsBytes(about);
        out.write(written);
        out.write(ByteBuffer.allocate(END_BYTES)
                .putLong(audioBytes)
                .putInt(written.length)
                .putLong(checksum)
                .putInt(MARK)
                .array());
    }

    /**
     * Looks into a file.
     *
     * @throws IOException when it is not whole
     */
    static KeptSpeech in(Path file, ObjectMapper json) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (in.length() < END_BYTES) {
                throw new IOException("it is cut off");
            }
            in.seek(in.length() - END_BYTES);
            long audioBytes = in.readLong();
            int aboutBytes = in.readInt();
            long checksum = in.readLong();
            boolean fits = in.readInt() == MARK
                    && audioBytes >= 0
                    && aboutBytes >= 0
                    && aboutBytes <= MOST_ABOUT_BYTES
                    && audioBytes + aboutBytes + END_BYTES == in.length();
            if (!fits) {
                throw new IOException("it is cut off");
            }
            byte[] about = new byte[aboutBytes];
            in.seek(audioBytes);
            in.readFully(about);
            KeptSpeech kept = new KeptSpeech(file, json.readValue(about, About.class), audioBytes);
            if (kept.checksum() != checksum) {
                throw new IOException("its checksum is wrong");
            }
            return kept;
        }
    }

    private long checksum() throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream audio = open()) {
            for (int count = audio.read(chunk); count >= 0; count = audio.read(chunk)) {
                checksum.update(chunk, 0, count);
            }
        }
        return checksum.getValue();
    }

    About about() {
        return about;
    }

    long audioBytes() {
        return audioBytes;
    }

    InputStream open() throws IOException {
        return new Audio(Files.newInputStream(file), audioBytes);
    }

    /** The beginning of a file. */
    private static final class Audio extends FilterInputStream {
        private long left;

        Audio(InputStream in, long bytes) {
            super(in);
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(into, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the file became shorter");
            }
            left -= count;
            return count;
        }
    }
}
