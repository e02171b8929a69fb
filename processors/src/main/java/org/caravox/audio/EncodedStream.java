package org.caravox.audio;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;

/** What an encoder process writes, while another thread feeds it. */
final class EncodedStream extends InputStream {

    private static final int CHUNK_BYTES = 8 * 1024;

    private final Process process;
    private final InputStream pcm;
    private final Path errors;
    private final Patience patience;
    private final HangUp.Interest interest;
    private final InputStream encoded;
    private volatile @Nullable Exception failure;

    EncodedStream(Process process, InputStream pcm, Path errors, Patience patience) {
        this.process = process;
        this.pcm = pcm;
        this.errors = errors;
        this.patience = patience;
        this.encoded = process.getInputStream();
        this.interest = patience.hangUp().whenHungUp(process::destroyForcibly);
        var unused = process.onExit()
                .orTimeout(Math.max(1, patience.deadline().left().toMillis()), TimeUnit.MILLISECONDS)
                .exceptionally(late -> process.destroyForcibly());
    }

    /** Feeds the encoder until the PCM ends. Should it break off, the encoder is killed, so that it does not finish. */
    void pump() {
        try (OutputStream in = process.getOutputStream()) {
            feed(in);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void feed(OutputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int count = pcm.read(chunk); count >= 0; count = pcm.read(chunk)) {
                in.write(chunk, 0, count);
                in.flush();
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Exception e) {
        if (failure == null) {
            failure = e;
        }
        process.destroyForcibly();
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
            count = encoded.read(into, offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
        if (count < 0) {
            checkEnd();
        }
        return count;
    }

    private void checkEnd() throws IOException {
        try {
            if (!process.waitFor(patience.deadline().left().toMillis() + 1, TimeUnit.MILLISECONDS)
                    || process.exitValue() != 0
                    || failure != null) {
                throw failed(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the work was called off");
        }
    }

    /** Why it broke off: the PCM did, time is up, or the encoder itself gave up. */
    private IOException failed(@Nullable IOException otherwise) throws IOException {
        Exception known = failure;
        if (patience.over()) {
            return new InterruptedIOException("the audio was not encoded in time");
        }
        if (known != null) {
            return new IOException("the audio broke off: " + known.getMessage(), known);
        }
        return otherwise != null
                ? otherwise
                : new IOException("the encoder gave up: " + Ffmpeg.complaint(errors, Path.of("pipe:0")));
    }

    @Override
    public void close() throws IOException {
        interest.close();
        process.destroyForcibly();
        try {
            pcm.close();
        } finally {
            encoded.close();
            Files.deleteIfExists(errors);
        }
    }
}
