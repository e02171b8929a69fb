package org.caravox.routes.cases;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.yaml.snakeyaml.nodes.Node;

/** WAV files in which nothing is heard. */
final class Silence {

    private static final AudioFormat FORMAT = new AudioFormat(8000, 16, 1, true, false);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Silence() {}

    /**
     * One channel of 16 bits, 8 kHz.
     *
     * @param length as {@code 3s}
     * @throws CaseUnreadable when it is no length, or too long
     */
    static byte[] wav(Node where, String length) {
        Duration time = Values.duration(length)
                .filter(each -> each.compareTo(LONGEST) <= 0)
                .orElseThrow(() -> new CaseUnreadable(
                        where.getStartMark().getLine() + 1,
                        "audio is how long it lasts, at most 2m, as \"audio: 3s\", was " + length));
        byte[] samples = new byte[((int) (time.toMillis() * FORMAT.getSampleRate() / 1000)) * FORMAT.getFrameSize()];
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        try {
            AudioSystem.write(
                    new AudioInputStream(
                            new ByteArrayInputStream(samples), FORMAT, samples.length / FORMAT.getFrameSize()),
                    AudioFileFormat.Type.WAVE,
                    wav);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wav.toByteArray();
    }
}
