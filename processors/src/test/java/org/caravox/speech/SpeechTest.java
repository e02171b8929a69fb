package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.Encoder;
import org.caravox.audio.Examiner;
import org.caravox.audio.Ffmpeg;
import org.caravox.providers.Answered;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Use;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.caravox.usage.Meters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpeechTest {

    private final Path folder;
    private final ToneVoice voice = new ToneVoice("tone");
    private final ToneVoice backup = new ToneVoice("backup");
    private final Ffmpeg ffmpeg;
    private final Speech speech;

    SpeechTest(@TempDir Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.ffmpeg = Ffmpeg.bundled();
        this.speech = speech("1");
    }

    private Speech speech(String edition) throws IOException {
        Lines lines = new Lines(BreakerSettings.USUAL, new SimpleMeterRegistry(), Clock.systemUTC());
        Chain<SpeechRequest, Voice> chain = new Chain<>(
                Use.SPEECH,
                List.of(voice, backup),
                name -> new Lines.LineSettings(10, Duration.ofMinutes(1)),
                tenant -> ChainSettings.of("tone", "backup"),
                (use, provider, tenant) -> Optional.empty(),
                lines,
                new SimpleMeterRegistry(),
                new Random(1));
        return new Speech(
                chain,
                new Conversion(new Encoder(ffmpeg)),
                new SpeechCache(
                        folder.resolve("cache"),
                        1 << 20,
                        1 << 20,
                        JsonMapper.builder().build()),
                new SpeechSettings(100, edition),
                Meters.none(),
                Clock.systemUTC());
    }

    private static SpeechRequest request(String tenant, String text, @Nullable String voice, AudioFormat format) {
        return new SpeechRequest(new UUID(0, 1), tenant, null, null, voice, text, null, null, null, format);
    }

    private static SpeechRequest request(AudioFormat format) {
        return request("acme", "Hello.", null, format);
    }

    private byte[] all(SpeechRequest request) throws Exception {
        try (Spoken spoken = speak(request).value()) {
            assertThat(spoken.format()).isEqualTo(request.format());
            return spoken.audio().readAllBytes();
        }
    }

    private Answered<Spoken> speak(SpeechRequest request) throws InterruptedException {
        return speech.speak(request, Patience.of(Duration.ofMinutes(1), Clock.systemUTC()));
    }

    @ParameterizedTest
    @CsvSource({
        "LINEAR16, NONE,  8000, 16000", "LINEAR16, NONE, 11025, 22050", "LINEAR16, NONE, 16000, 32000",
        "LINEAR16, NONE, 22050, 44100", "LINEAR16, NONE, 24000, 48000", "LINEAR16, NONE, 44100, 88200",
        "LINEAR16, NONE, 48000, 96000", "MULAW,    NONE,  8000,  8000", "ALAW,     NONE,  8000,  8000",
        "MULAW,    NONE, 16000, 16000", "LINEAR16, WAV,  16000, 32000", "MULAW,    WAV,   8000,  8000",
    })
    void samples_last_as_long_as_they_were_spoken(
            Encoding encoding, Container container, int rateHz, int bytesPerSecond) throws Exception {
        byte[] audio = all(request(new AudioFormat(encoding, container, rateHz)));

        assertThat((double) audio.length)
                .isBetween(ToneVoice.SECONDS * bytesPerSecond - 4, ToneVoice.SECONDS * bytesPerSecond + 60);
        assertThat(audio.length - (container == Container.WAV ? encoding == Encoding.LINEAR16 ? 44 : 58 : 0))
                .isCloseTo((int) (ToneVoice.SECONDS * bytesPerSecond), org.assertj.core.data.Offset.offset(4));
    }

    @ParameterizedTest
    @CsvSource({
        "MP3,  NONE, 24000, mp3,  mp3",
        "MP3,  NONE,  8000, mp3,  mp3",
        "MP3,  NONE, 44100, mp3,  mp3",
        "OPUS, OGG,  24000, opus, ogg",
        "OPUS, OGG,  48000, opus, ogg",
        "AAC,  NONE, 24000, aac,  aac",
        "AAC,  NONE, 16000, aac,  aac",
        "FLAC, NONE, 24000, flac, flac",
        "FLAC, NONE, 11025, flac, flac",
        "LINEAR16, WAV, 8000, pcm_s16le, wav",
        "MULAW, WAV, 8000, pcm_mulaw, wav",
        "ALAW, WAV, 8000, pcm_alaw, wav",
    })
    void files_are_what_they_say(Encoding encoding, Container container, int rateHz, String codec, String ending)
            throws Exception {
        Path file = folder.resolve("spoken." + ending);
        Files.write(file, all(request(new AudioFormat(encoding, container, rateHz))));

        AudioInfo info = new Examiner(
                        ffmpeg, new AudioSettings(folder, 1 << 24, Duration.ofMinutes(5), 8, Duration.ofSeconds(20)))
                .examine(file)
                .info();

        assertThat(info.codec()).isEqualTo(codec);
        assertThat(info.channels()).isEqualTo(1);
        assertThat(info.sampleRateHz()).isEqualTo(encoding == Encoding.OPUS ? 48_000 : rateHz);
        if (encoding != Encoding.FLAC && info.duration() != null) {
            assertThat(info.duration()).isBetween(Duration.ofMillis(1_800), Duration.ofMillis(2_200));
        }
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void audio_that_broke_off_never_ends_as_if_it_were_whole(Encoding encoding) throws Exception {
        voice.breaks = true;
        Container container = encoding == Encoding.OPUS ? Container.OGG : Container.NONE;

        for (int i = 0; i < 2; i++) {
            try (Spoken spoken =
                    speak(request(new AudioFormat(encoding, container, 8_000))).value()) {
                assertThat(spoken.cached()).isFalse();
                assertThatThrownBy(() -> spoken.audio().readAllBytes()).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> spoken.audio().readAllBytes()).isInstanceOf(IOException.class);
            }
        }
        assertThat(voice.closed.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void an_encoder_ends_when_the_caller_hangs_up() throws Exception {
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()), hangUp);
        SpeechRequest request = request(new AudioFormat(Encoding.MP3, Container.NONE, 24_000));
        hangUp.hangUp();

        assertThatThrownBy(() -> speech.speak(request, patience).value().audio().readAllBytes())
                .isInstanceOfAny(IOException.class, Refusal.class);
    }

    @Test
    void the_same_request_is_spoken_once() throws Exception {
        byte[] first = all(request(AudioFormat.pcm(16_000)));

        Answered<Spoken> again = speak(request(AudioFormat.pcm(16_000)));

        assertThat(again.value().cached()).isTrue();
        assertThat(again.provider()).isEqualTo("tone");
        assertThat(again.model()).isEqualTo("400-hertz");
        assertThat(again.attempts()).isZero();
        assertThat(again.value().audio().readAllBytes()).isEqualTo(first);
        assertThat(voice.spoke).hasValue(1);
    }

    @Test
    void what_a_backup_spoke_is_not_kept() throws Exception {
        SpeechRequest request = request(AudioFormat.pcm(16_000));
        voice.fails = true;
        all(request);
        voice.fails = false;

        Answered<Spoken> again = speak(request);
        again.value().audio().readAllBytes();

        assertThat(backup.spoke).hasValue(1);
        assertThat(again.provider()).isEqualTo("tone");
        assertThat(again.value().cached()).isFalse();
        assertThat(speak(request).value().cached()).isTrue();
    }

    @Test
    void what_was_warned_of_is_warned_of_again() throws Exception {
        SpeechRequest alloy = request("acme", "Hello.", "alloy", AudioFormat.pcm(16_000));
        all(alloy);

        Answered<Spoken> again = speak(alloy);

        assertThat(again.value().cached()).isTrue();
        assertThat(again.warnings()).containsExactly("option voice is not honoured by tone");
    }

    @Test
    void another_text_form_voice_or_tenant_is_spoken_anew() throws Exception {
        all(request("acme", "Hello.", null, AudioFormat.pcm(16_000)));
        all(request("acme", "Hello!", null, AudioFormat.pcm(16_000)));
        all(request("acme", "Hello.", null, AudioFormat.pcm(8_000)));
        all(request("acme", "Hello.", "alloy", AudioFormat.pcm(16_000)));
        all(request("other", "Hello.", null, AudioFormat.pcm(16_000)));

        assertThat(voice.spoke).hasValue(5);
    }

    @Test
    void other_settings_are_spoken_anew_and_a_restart_is_not() throws Exception {
        all(request(AudioFormat.pcm(16_000)));
        Patience patience = Patience.of(Duration.ofMinutes(1), Clock.systemUTC());

        try (Spoken same = speech("1")
                        .speak(request(AudioFormat.pcm(16_000)), patience)
                        .value();
                Spoken other = speech("2")
                        .speak(request(AudioFormat.pcm(16_000)), patience)
                        .value()) {
            assertThat(same.cached()).isTrue();
            assertThat(other.cached()).isFalse();
        }
    }

    @Test
    void a_text_that_is_empty_or_too_long_is_refused() {
        assertRefused(request("acme", " \n", null, AudioFormat.pcm(8_000)), "the text to speak is empty");
        assertRefused(
                request("acme", "x".repeat(101), null, AudioFormat.pcm(8_000)),
                "the text to speak has 101 characters, at most 100 are spoken at a time: send it in parts");
        assertThat(voice.spoke).hasValue(0);
    }

    @Test
    void a_form_that_there_is_not_is_refused_with_those_that_there_are() {
        assertRefused(
                request(new AudioFormat(Encoding.MP3, Container.NONE, 9_000)),
                "mp3 has no sample rate of 9000 Hz: use 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000");
        assertRefused(
                request(new AudioFormat(Encoding.MP3, Container.WAV, 24_000)),
                "mp3 does not come in container wav: linear16, mulaw and alaw come bare or in wav, opus in ogg, mp3,"
                        + " aac and flac bare");
    }

    private void assertRefused(SpeechRequest request, String message) {
        assertThatThrownBy(() -> speak(request))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.INVALID))
                .hasMessage(message);
    }
}
