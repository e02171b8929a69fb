package org.caravox.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;

/**
 * Turns PCM into compressed audio while it comes, with the FFmpeg that comes with the hub, each stream in a process of
 * its own. Memory does not grow with its length.
 */
public final class Encoder implements AutoCloseable {

    /** What PCM is turned into; the sample rates are those that the encoder takes. */
    @SuppressWarnings("ImmutableEnumChecker") // List.of and Set.of cannot be changed
    public enum Codec {
        MP3(
                "libmp3lame",
                Set.of(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
                List.of("-f", "mp3", "-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0")),
        /** In Ogg pages of a fifth of a second. */
        OPUS(
                "libopus",
                Set.of(8_000, 12_000, 16_000, 24_000, 48_000),
                List.of("-f", "ogg", "-page_duration", "200000", "-b:a", "32k", "-application", "voip")),
        /** In ADTS frames. */
        AAC(
                "aac",
                Set.of(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
                List.of("-f", "adts", "-b:a", "64k")),
        FLAC("flac", Set.of(), List.of("-f", "flac", "-compression_level", "5"));

        private final String encoder;
        private final Set<Integer> ratesHz;
        private final List<String> options;

        Codec(String encoder, Set<Integer> ratesHz, List<String> options) {
            this.encoder = encoder;
            this.ratesHz = ratesHz;
            this.options = options;
        }

        /** The sample rates that it takes; none listed is any. */
        public Set<Integer> ratesHz() {
            return ratesHz;
        }

        public boolean takes(int rateHz) {
            return ratesHz.isEmpty() || ratesHz.contains(rateHz);
        }
    }

    private final Ffmpeg ffmpeg;
    private final ExecutorService pumps;
    private @Nullable String encoders;

    public Encoder(Ffmpeg ffmpeg) {
        this.ffmpeg = ffmpeg;
        AtomicInteger number = new AtomicInteger();
        this.pumps = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "encoder-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether the FFmpeg that is there can make it. */
    public synchronized boolean has(Codec codec) throws IOException, InterruptedException {
        String known = encoders;
        if (known == null) {
            known = ffmpeg.encoders();
            encoders = known;
        }
        return known.lines().anyMatch(line -> line.matches(" ?A\\S+ +" + codec.encoder + " .*"));
    }

    /**
     * Starts encoding.
     *
     * @param pcm          one channel, signed, 16 bits, little-endian; it is read by another thread, and closed with the
     *                     stream that is returned
     * @param sampleRateHz of the PCM
     * @param toHz         of what comes out, one that the codec {@link Codec#takes}
     * @param patience     at its end, the encoder is ended
     * @return what comes out; a read fails where reading the PCM failed, and never ends as if all were there
     */
    public InputStream encode(InputStream pcm, int sampleRateHz, Codec codec, int toHz, Patience patience)
            throws IOException {
        List<String> output = new java.util.ArrayList<>(
                List.of("-map", "0:a:0", "-c:a", codec.encoder, "-ac", "1", "-ar", Integer.toString(toHz)));
        output.addAll(codec.options);
        Path errors = Files.createTempFile("caravox-encode", ".log");
        try {
            EncodedStream encoded =
                    new EncodedStream(ffmpeg.encode(sampleRateHz, output, errors), pcm, errors, patience);
            pumps.execute(encoded::pump);
            return encoded;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(errors);
            throw e;
        }
    }

    /** What is being encoded is read to its end, or to its deadline. */
    @Override
    public void close() {
        pumps.shutdown();
    }
}
