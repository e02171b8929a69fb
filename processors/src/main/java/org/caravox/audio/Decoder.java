package org.caravox.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.caravox.requests.Deadline;

/** Turns any recording into the PCM that recognizers take, as a stream: memory does not grow with its length. */
public final class Decoder {

    private final Ffmpeg ffmpeg;
    private final AudioSettings settings;

    public Decoder(Ffmpeg ffmpeg, AudioSettings settings) {
        this.ffmpeg = ffmpeg;
        this.settings = settings;
    }

    /**
     * Starts decoding.
     *
     * @param sampleRateHz the rate to resample to
     * @param deadline     when the decoder is ended, whatever it is doing
     * @return signed 16-bit little-endian PCM with the recording's channels interleaved; close it
     */
    public PcmStream decode(Recording recording, int sampleRateHz, Deadline deadline) throws IOException {
        Path errors = Files.createTempFile("caravox-decode", ".log");
        try {
            Process process = ffmpeg.decode(
                    recording.file(),
                    sampleRateHz,
                    recording.info().channels(),
                    settings.maxDuration().plusSeconds(1),
                    errors);
            PcmStream pcm = new PcmStream(recording, sampleRateHz, settings.maxDuration(), process, errors);
            pcm.endAfter(deadline.left());
            return pcm;
        } catch (IOException e) {
            Files.deleteIfExists(errors);
            throw e;
        }
    }
}
