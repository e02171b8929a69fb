package org.caravox.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.Decoder;
import org.caravox.audio.Examiner;
import org.caravox.audio.Ffmpeg;
import org.caravox.audio.PcmStream;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** A recording on this machine, decoded as it is read. */
final class LocalRecording {

    private static final Duration LONGEST = Duration.ofHours(4);
    private static final Duration DECODED_WITHIN = Duration.ofHours(5);

    private LocalRecording() {}

    /**
     * Opens it as signed 16-bit little-endian PCM.
     *
     * @throws HubFailure when it is no recording that can be used
     */
    static PcmStream open(Path file, int sampleRateHz, int mostChannels) throws IOException, InterruptedException {
        System.setProperty(
                "org.bytedeco.javacpp.cachedir", Home.cache().resolve("ffmpeg").toString());
        Ffmpeg ffmpeg = Ffmpeg.bundled();
        AudioSettings limits =
                new AudioSettings(Home.cache(), Long.MAX_VALUE, LONGEST, mostChannels, Duration.ofSeconds(20));
        try {
            return new Decoder(ffmpeg, limits)
                    .decode(
                            new Examiner(ffmpeg, limits).examine(file),
                            sampleRateHz,
                            Deadline.in(DECODED_WITHIN, Clock.systemUTC()));
        } catch (Refusal refusal) {
            throw new HubFailure(refusal.getMessage());
        }
    }

    /**
     * The same with one channel, as a stream.
     *
     * @throws HubFailure when it is no recording that can be used, or has more channels
     */
    static InputStream openMono(Path file, int sampleRateHz) throws IOException, InterruptedException {
        PcmStream pcm = open(file, sampleRateHz, 1);
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("samples have two bytes");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                byte[] samples = new byte[length];
                int count = pcm.read(samples);
                System.arraycopy(samples, 0, buffer, offset, count);
                return count == 0 ? -1 : count;
            }

            @Override
            public void close() throws IOException {
                pcm.close();
            }
        };
    }
}
