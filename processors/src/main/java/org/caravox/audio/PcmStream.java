package org.caravox.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.caravox.requests.Refusal;

/**
 * Signed 16-bit little-endian PCM that a decoder process writes, channels interleaved. Reading it to its end also
 * finds what its header could not tell: that it is empty, cut off, or longer than the limit.
 */
public final class PcmStream implements AutoCloseable {

    private static final int SAMPLE_BYTES = 2;

    private final Recording recording;
    private final int sampleRateHz;
    private final Duration limit;
    private final Process process;
    private final Path errors;
    private final InputStream pcm;
    private volatile boolean timedOut;
    private long bytes;

    PcmStream(Recording recording, int sampleRateHz, Duration limit, Process process, Path errors) {
        this.recording = recording;
        this.sampleRateHz = sampleRateHz;
        this.limit = limit;
        this.process = process;
        this.errors = errors;
        this.pcm = process.getInputStream();
    }

    /** Ends the decoder, should it still run after so long. */
    void endAfter(Duration time) {
        var unused = process.onExit()
                .orTimeout(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    timedOut = true;
                    return process.destroyForcibly();
                });
    }

    public int channels() {
        return recording.info().channels();
    }

    /** How much audio has been read. */
    public Duration position() {
        long frames = bytes / ((long) SAMPLE_BYTES * channels());
        return Duration.ofMillis(frames * 1000 / sampleRateHz);
    }

    /**
     * Fills the buffer, or as much of it as there is.
     *
     * @return the bytes read, whole frames; 0 at the end
     * @throws Refusal INVALID when the recording turns out to be unusable
     */
    public int read(byte[] buffer) throws IOException {
        int count = fill(buffer);
        count -= count % (SAMPLE_BYTES * channels());
        bytes += count;
        if (position().compareTo(limit) > 0) {
            throw Examiner.tooLong(position(), limit);
        }
        if (count == 0) {
            checkEnd();
        }
        return count;
    }

    private int fill(byte[] buffer) throws IOException {
        try {
            int count = pcm.readNBytes(buffer, 0, buffer.length);
            if (timedOut) {
                throw late();
            }
            return count;
        } catch (IOException e) {
            if (timedOut) {
                throw late();
            }
            throw e;
        }
    }

    private Refusal late() {
        return new Refusal(
                Refusal.Reason.TOO_SLOW,
                "the recording could not be decoded in time: " + seconds(position()) + " s were");
    }

    private void checkEnd() throws IOException {
        if (bytes == 0) {
            throw Refusal.invalid("no audio could be decoded: " + Ffmpeg.complaint(errors, recording.file()));
        }
        Duration claimed = recording.info().duration();
        if (claimed != null
                && recording.info().exact()
                && position().plus(tolerance(claimed)).compareTo(claimed) < 0) {
            throw Refusal.invalid("the recording is truncated: it claims " + seconds(claimed) + " s, only "
                    + seconds(position()) + " s could be decoded");
        }
    }

    /** Claims that are only estimates, as of an MP3 without an index, are off by a little. */
    private static Duration tolerance(Duration claimed) {
        return Duration.ofMillis(Math.max(500, claimed.toMillis() / 20));
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + "." + duration.toMillisPart() / 100;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        pcm.close();
        Files.deleteIfExists(errors);
    }
}
