package org.caravox.recordings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.caravox.audio.RawAudio;

/** A WAV file that is written from its front to its end; its header says how long it is once it is closed. */
final class WavFile implements AutoCloseable {

    private static final int SILENCE_AT_ONCE = 64 * 1024;

    private final RawAudio form;
    private final FileChannel file;
    private final int headerBytes;
    private long bytes;

    WavFile(Path path, RawAudio form) throws IOException {
        this.form = form;
        this.file = FileChannel.open(path, StandardOpenOption.WRITE);
        this.headerBytes = form.wavHeader(0).length;
        put(form.wavHeader(0), 0);
    }

    /** How much audio is in it. */
    long bytes() {
        return bytes;
    }

    void write(byte[] audio) throws IOException {
        put(audio, headerBytes + bytes);
        bytes += audio.length;
    }

    /** Where silence is made of zeros, a hole in the file is enough. */
    void silence(long count) throws IOException {
        if (form.encoding().silence() != 0) {
            byte[] some = new byte[(int) Math.min(count, SILENCE_AT_ONCE)];
            Arrays.fill(some, form.encoding().silence());
            for (long left = count; left > 0; left -= some.length) {
                put(left < some.length ? Arrays.copyOf(some, (int) left) : some, headerBytes + count + bytes - left);
            }
        }
        bytes += count;
    }

    /** From now on it is a whole WAV file, whatever happens to the machine. */
    void finish() throws IOException {
        if (file.size() < headerBytes + bytes) {
            put(new byte[1], headerBytes + bytes - 1);
        }
        put(form.wavHeader(bytes), 0);
        file.force(true);
    }

    private void put(byte[] what, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(what);
        while (buffer.hasRemaining()) {
            file.write(buffer, at + buffer.position());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
