package org.caravox.cli;

import java.io.IOException;
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
}
