package org.caravox.audio.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Speech, and what is none. */
class SpeechDetectorTest {

    private static final Path AUDIO = Path.of(System.getProperty("caravox.shared", "../../shared"), "audio");
    private static final int WAV_HEADER = 44;

    private static SileroModel silero;

    @BeforeAll
    static void load() {
        silero = SileroModel.load();
    }

    @AfterAll
    static void close() {
        silero.close();
    }

    private static byte[] recording(String name) throws IOException {
        Path file = AUDIO.resolve(name);
        assumeTrue(Files.exists(file), () -> file + " is not here");
        byte[] wav = Files.readAllBytes(file);
        return Arrays.copyOfRange(wav, WAV_HEADER, wav.length);
    }

    /** The share of frames that are taken for speech. */
    private static double speech(SpeechDetector detector, byte[] pcm) {
        int[] frames = new int[2];
        for (int at = 0; at < pcm.length; at += 320) {
            detector.hear(
                    Arrays.copyOfRange(pcm, at, Math.min(pcm.length, at + 320)),
                    isSpeech -> frames[isSpeech ? 1 : 0]++);
        }
        return (double) frames[1] / (frames[0] + frames[1]);
    }

    private static byte[] noise(int amplitude, int samples) {
        Random random = new Random(1);
        byte[] pcm = new byte[2 * samples];
        for (int i = 0; i < samples; i++) {
            short sample = (short) (amplitude * random.nextGaussian());
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return pcm;
    }

    @Test
    void speech_is_found_at_16_kHz() throws IOException {
        assertThat(speech(silero.detector(16_000), recording("librispeech-quilter.wav")))
                .isBetween(0.6, 1.0);
    }

    @Test
    void speech_is_found_at_8_kHz() throws IOException {
        assertThat(speech(silero.detector(8_000), recording("phone-number-jackson-8k.wav")))
                .isBetween(0.3, 1.0);
    }

    @Test
    void noise_that_begins_at_once_is_no_speech() {
        byte[] quietThenNoise = new byte[2 * 8_000 + 2 * 16_000];
        byte[] noise = noise(3_000, 16_000);
        System.arraycopy(noise, 0, quietThenNoise, 2 * 8_000, noise.length);

        assertThat(speech(silero.detector(8_000), quietThenNoise)).isLessThan(0.05);
        assertThat(speech(new LoudnessDetector(8_000), quietThenNoise)).isGreaterThan(0.5);
    }

    @Test
    void nothing_is_no_speech() {
        assertThat(speech(silero.detector(16_000), new byte[64_000])).isZero();
        assertThat(speech(new LoudnessDetector(16_000), new byte[64_000])).isZero();
    }
}
