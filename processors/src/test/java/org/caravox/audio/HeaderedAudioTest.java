package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that come in piece by piece. */
class HeaderedAudioTest {

    private static final RawAudio HEARD = new RawAudio(Encoding.LINEAR16, 16_000, 1);
    private static final int TONE_HZ = 400;
    private static final int SECONDS = 2;
    private static final String SIGNS = "OggS RIFF \u001AE\u00DF\u00A3";

    @TempDir
    private Path folder = Path.of("");

    private static byte[] tone(int rateHz, int channels) {
        ByteBuffer pcm = ByteBuffer.allocate(SECONDS * rateHz * channels * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < SECONDS * rateHz * channels; i++) {
            int frame = i / channels;
            pcm.putShort((short) (8000 * Math.sin(2 * Math.PI * TONE_HZ * frame / rateHz)));
        }
        return pcm.array();
    }

    private static byte[] wav(RawAudio form, byte[] samples) {
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(form.wavHeader(samples.length));
        wav.writeBytes(samples);
        return wav.toByteArray();
    }

    private static byte[] tone(RawAudio form) {
        byte[] linear = tone(form.sampleRateHz(), form.channels());
        return switch (form.encoding()) {
            case LINEAR16 -> linear;
            case MULAW -> G711.toMuLaw(linear);
            case ALAW -> G711.toALaw(linear);
        };
    }

    private static void assertTone(byte[] pcm, RawAudio form) {
        int frames = pcm.length / form.frameBytes();
        int rises = 0;
        for (int i = 1; i < frames; i++) {
            if (sample(pcm, (i - 1) * form.channels()) < 0 && sample(pcm, i * form.channels()) >= 0) {
                rises++;
            }
        }
        assertThat((double) frames / form.sampleRateHz()).isCloseTo(SECONDS, within(0.05));
        assertThat((double) rises / SECONDS).isCloseTo(TONE_HZ, within(8.0));
    }

    private static short sample(byte[] pcm, int index) {
        return (short) ((pcm[2 * index] & 0xFF) | (pcm[2 * index + 1] << 8));
    }

    private static byte[] heard(byte[] file, int chunk) {
        return Intakes.all(new HeaderedAudio(HEARD, false), file, chunk);
    }

    @Test
    void a_wav_file_of_the_form_that_is_heard_is_its_samples() {
        byte[] samples = tone(16_000, 1);

        for (int chunk : List.of(1, 7, 4096, 1 << 20)) {
            assertThat(heard(wav(HEARD, samples), chunk)).isEqualTo(samples);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_wav_file_of_another_form_is_decoded_mixed_and_resampled(Encoding encoding) {
        RawAudio stereo = new RawAudio(encoding, 8_000, 2);

        assertTone(heard(wav(stereo, tone(stereo)), 333), HEARD);
    }

    @Test
    void one_channel_is_the_first_of_two_beside_silence() {
        RawAudio two = new RawAudio(Encoding.LINEAR16, 16_000, 2);
        HeaderedAudio intake = new HeaderedAudio(two, false);
        byte[] pcm = Intakes.all(intake, wav(HEARD, tone(16_000, 1)), 1000);

        assertTone(pcm, two);
        assertThat(intake.isOneChannel()).isTrue();
        for (int i = 1; i < pcm.length / 2; i += 2) {
            assertThat(sample(pcm, i)).isZero();
        }
    }

    @Test
    void what_a_recorder_writes_before_it_knows_the_length_is_read_and_what_follows_the_audio_is_not() {
        byte[] samples = tone(16_000, 1);
        byte[] endless = wav(HEARD, samples);
        Arrays.fill(endless, 40, 44, (byte) 0xFF);
        ByteArrayOutputStream followed = new ByteArrayOutputStream();
        followed.writeBytes(wav(HEARD, samples));
        followed.writeBytes("LIST\4\0\0\0INFO".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(heard(endless, 999)).isEqualTo(samples);
        assertThat(heard(followed.toByteArray(), 999)).isEqualTo(samples);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RIFF....AVI ................................",
                "RIFF....WAVEdata................",
                "RIFF....WAVEfmt \\u0004...................."
            })
    void a_riff_file_that_is_no_wav_file_is_refused(String file) {
        assertThatThrownBy(() -> heard(file.getBytes(StandardCharsets.ISO_8859_1), 5))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("the audio is not a WAV file that can be read: ");
    }

    private static byte[] beginning(String sign) {
        byte[] file = Arrays.copyOf(sign.getBytes(StandardCharsets.ISO_8859_1), 4_000);
        new Random(1).nextBytes(file);
        System.arraycopy(sign.getBytes(StandardCharsets.ISO_8859_1), 0, file, 0, sign.length());
        return file;
    }

    @ParameterizedTest
    @CsvSource({"'ID3\u0004', an MP3 file", "fLaC, a FLAC file", "....ftypM4A, an MP4 file"})
    void a_file_that_a_stream_cannot_be_is_named(String sign, String name) {
        for (AudioIntake intake : List.of(new HeaderedAudio(HEARD, true), new PlainAudio(HEARD))) {
            assertThatThrownBy(() -> Intakes.all(intake, beginning(sign), 5))
                    .isInstanceOf(Refusal.class)
                    .hasMessageStartingWith("the audio begins like " + name + ", ");
        }
    }

    @Test
    void an_mp3_file_without_tags_is_known_by_two_frames_and_samples_that_look_like_one_are_heard() {
        byte[] header = {(byte) 0xFF, (byte) 0xFB, (byte) 0x90, 0};
        byte[] file = new byte[4_000];
        System.arraycopy(header, 0, file, 0, header.length);
        byte[] samples = file.clone();
        System.arraycopy(header, 0, file, 417, header.length); // 128 kbps at 44.1 kHz

        for (AudioIntake intake : List.of(new HeaderedAudio(HEARD, true), new PlainAudio(HEARD))) {
            assertThatThrownBy(() -> Intakes.all(intake, file, 100))
                    .hasMessageStartingWith("the audio begins like an MP3 file, ");
        }
        for (AudioIntake intake : List.of(new HeaderedAudio(HEARD, true), new PlainAudio(HEARD))) {
            assertThat(Intakes.all(intake, samples, 100)).isEqualTo(samples);
        }
    }

    @ParameterizedTest
    @CsvSource({"OggS, an Ogg file", "'\u001AE\u00DF\u00A3', a WebM file"})
    void a_file_instead_of_the_samples_that_were_named_is_refused_with_the_way_out(String sign, String name) {
        assertThatThrownBy(() -> Intakes.all(new PlainAudio(HEARD), beginning(sign), 5))
                .hasMessage("the audio begins like " + name
                        + ", not samples (linear16): decode it, or leave encoding and sample_rate out");
    }

    @Test
    void a_wav_file_is_heard_also_where_samples_were_named_and_samples_are_left_as_they_are() {
        byte[] samples = tone(16_000, 1);

        assertThat(Intakes.all(new PlainAudio(HEARD), wav(HEARD, samples), 999)).isEqualTo(samples);
        assertThat(Intakes.all(new PlainAudio(HEARD), samples, 3)).isEqualTo(samples);
        assertThatThrownBy(() ->
                        Intakes.all(new PlainAudio(new RawAudio(Encoding.MULAW, 8_000, 1)), wav(HEARD, samples), 999))
                .hasMessageContaining("samples (mulaw)");
    }

    @Test
    void a_coding_that_cannot_be_heard_is_refused() {
        byte[] eightBits = wav(HEARD, tone(16_000, 1));
        eightBits[34] = 8;

        assertThatThrownBy(() -> heard(eightBits, 100))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("another coding");
    }

    /** As a browser's MediaRecorder makes it: nothing in it says how long it is. */
    private byte[] webm(String... more) throws IOException, InterruptedException {
        Files.write(folder.resolve("tone.wav"), wav(HEARD, tone(16_000, 1)));
        File programs = Loader.cacheResources("/org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/")[0];
        List<String> command = new ArrayList<>(
                List.of(new File(programs, "ffmpeg").toString(), "-nostdin", "-v", "error", "-i", "tone.wav"));
        command.addAll(List.of(more));
        command.addAll(List.of("-c:a", "libopus", "-f", "webm", "-live", "1", "pipe:1"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("LD_LIBRARY_PATH", programs.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream out = process.getInputStream()) {
            byte[] made = out.readAllBytes();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return made;
        }
    }

    @Test
    void the_opus_of_webm_is_heard_however_it_is_cut() throws IOException, InterruptedException {
        byte[] webm = webm();
        byte[] whole = heard(webm, webm.length);

        assertTone(whole, HEARD);
        for (int chunk : List.of(1, 7, 1000)) {
            assertThat(heard(webm, chunk)).isEqualTo(whole);
        }
    }

    @Test
    void another_track_beside_it_is_passed_over() throws IOException, InterruptedException {
        byte[] webm = webm(
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=320x240:rate=10:duration=2",
                "-map",
                "1:v",
                "-map",
                "0:a",
                "-c:v",
                "libvpx");

        assertTone(heard(webm, 1000), HEARD);
    }

    @Test
    void garbage_is_heard_or_refused_and_nothing_else() {
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] garbage = new byte[20 + random.nextInt(2000)];
            random.nextBytes(garbage);
            byte[] magic = List.of(SIGNS.split(" ", -1)).get(i % 3).getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(magic, 0, garbage, 0, 4);
            try {
                heard(garbage, 100);
            } catch (Refusal e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void what_has_no_header_is_samples_where_those_may_come_and_refused_where_not() {
        byte[] samples = tone(16_000, 1);

        assertThat(Intakes.all(new HeaderedAudio(HEARD, true), samples, 3)).isEqualTo(samples);
        assertThatThrownBy(() -> heard(samples, 3))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("name its encoding and sample_rate");
    }
}
