package org.caravox.speech;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes audio to a file while it passes. Only what was read to its end is kept; a full disk disturbs nobody. */
final class SpeechRecorder extends FilterInputStream {

    /** Takes the file of audio that is whole. What it leaves is deleted. */
    interface Whole {
        void keep(Path file) throws IOException;
    }

    private static final Logger log = LoggerFactory.getLogger(SpeechRecorder.class);

    private final KeptSpeech.About about;
    private final Path file;
    private final long mostBytes;
    private final ObjectMapper json;
    private final Whole whole;
    private final CRC32C checksum = new CRC32C();
    private @Nullable OutputStream out;
    private long bytes;

    SpeechRecorder(InputStream audio, KeptSpeech.About about, Path file, long mostBytes, ObjectMapper json, Whole whole)
            throws IOException {
        super(audio);
        this.about = about;
        this.file = file;
        this.mostBytes = mostBytes;
        this.json = json;
        this.whole = whole;
        this.out = new BufferedOutputStream(Files.newOutputStream(file));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count;
        try {
            count = in.read(into, offset, length);
        } catch (IOException | RuntimeException e) {
            giveUp();
            throw e;
        }
        if (count < 0) {
            keep();
        } else {
            write(into, offset, count);
        }
        return count;
    }

    private void write(byte[] from, int offset, int count) {
        OutputStream open = out;
        if (open == null) {
            return;
        }
        bytes += count;
        if (bytes > mostBytes) {
            giveUp();
            return;
        }
        try {
            checksum.update(from, offset, count);
            open.write(from, offset, count);
        } catch (IOException e) {
            log.warn("speech-cache.unwritable reason=\"{}\"", e.getMessage());
            giveUp();
        }
    }

    private void keep() {
        OutputStream open = out;
        if (open == null) {
            return;
        }
        try {
            KeptSpeech.end(open, about, bytes, checksum.getValue(), json);
            open.close();
            out = null;
            whole.keep(file);
        } catch (IOException e) {
            log.warn("speech-cache.unwritable reason=\"{}\"", e.getMessage());
        } finally {
            giveUp();
        }
    }

    private void giveUp() {
        OutputStream open = out;
        out = null;
        try {
            if (open != null) {
                open.close();
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("speech-cache.undeletable reason=\"{}\"", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            giveUp();
        }
        super.close();
    }
}
