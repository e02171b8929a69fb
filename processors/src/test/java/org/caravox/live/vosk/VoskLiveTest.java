package org.caravox.live.vosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.Decoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.audio.G711;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.audio.Resampler;
import org.caravox.audio.activity.SileroModel;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.Phrase;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.requests.Patience;
import org.caravox.transcription.Options;
import org.caravox.transcription.Word;
import org.caravox.transcription.vosk.VoskSettings;
import org.caravox.transcription.vosk.VoskTranscriber;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class VoskLiveTest {

    private static final Path ARCHIVE = Path.of("target/models/vosk-model-en-0.3.45.aar");
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".caravox", "cache", "models");
    private static final Path SPEECH =
            Path.of(System.getProperty("caravox.shared", "../../shared"), "audio", "jfk-ask-not.wav");
    private static final String FELLOW_AMERICANS = "fellow americans";

    private static @Nullable VoskTranscriber vosk;
    private static SileroModel activity;

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Ear ear = new Ear();

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        AudioSettings audio =
                new AudioSettings(Path.of("target"), 1 << 24, Duration.ofMinutes(5), 8, Duration.ofSeconds(20));
        vosk = new VoskTranscriber(
                new VoskSettings(ARCHIVE, CACHE, true, 2, 2, Duration.ofMinutes(1)),
                new Decoder(Ffmpeg.bundled(), audio));
        activity = SileroModel.load();
    }

    @AfterAll
    static void close() {
        if (vosk != null) {
            vosk.close();
            activity.close();
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private static final class Ear implements LiveEar {
        private final List<Phrase> heard = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();
        private volatile double reached;

        @Override
        public void heard(Phrase phrase) {
            heard.add(phrase);
        }

        @Override
        public void reached(int channel, double seconds) {
            reached = seconds;
        }

        @Override
        public void ready() {}

        @Override
        public void ended() {
            ends.add("ended");
        }

        @Override
        public void failed(ProviderFailure failure) {
            ends.add(String.valueOf(failure.getMessage()));
        }

        List<Word> words(int channel) {
            return heard.stream()
                    .filter(phrase -> phrase.settled() && phrase.channel() == channel)
                    .flatMap(phrase -> phrase.words().stream())
                    .toList();
        }

        String text(int channel) {
            return words(channel).stream().map(Word::word).collect(Collectors.joining(" "));
        }
    }

    private static VoskLive live(int streams) {
        return new VoskLive(Objects.requireNonNull(vosk), streams, activity);
    }

    private LiveLeg open(VoskLive live, RawAudio form) throws IOException, InterruptedException {
        return open(live, form, null);
    }

    private LiveLeg open(VoskLive live, RawAudio form, @Nullable Duration endpointing)
            throws IOException, InterruptedException {
        LiveRequest request = new LiveRequest(
                new UUID(0, 1),
                "acme",
                new UUID(0, 2),
                "mary",
                "stream",
                form,
                null,
                null,
                null,
                Options.NONE,
                true,
                endpointing,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
        Attempt attempt = new Attempt(
                VoskTranscriber.MODEL, Credential.NONE, Patience.of(Duration.ofSeconds(10), Clock.systemUTC()), true);
        return live.open(request, attempt, ear, loop);
    }

    private static byte[] speech() throws IOException {
        assumeTrue(Files.exists(SPEECH), "no recording " + SPEECH + " (set -Dcaravox.shared)");
        byte[] wav = Files.readAllBytes(SPEECH);
        return Arrays.copyOfRange(wav, 44, wav.length);
    }

    private void say(LiveLeg leg, byte[] audio, int chunk) {
        for (int at = 0; at < audio.length; at += chunk) {
            byte[] next = Arrays.copyOfRange(audio, at, Math.min(audio.length, at + chunk));
            loop.execute(() -> leg.hear(next));
        }
    }

    @Test
    void words_are_told_while_they_are_spoken_and_settled_at_pauses() throws Exception {
        VoskLive live = live(1);
        LiveLeg leg = open(live, new RawAudio(Encoding.LINEAR16, 16_000, 1));
        say(leg, speech(), 640);
        loop.execute(leg::end);

        await().atMost(Duration.ofSeconds(60)).until(() -> ear.ends.equals(List.of("ended")));
        assertThat(ear.text(0)).contains(FELLOW_AMERICANS, "what you can do for your country");
        assertThat(ear.heard.stream().filter(phrase -> !phrase.settled())).hasSizeGreaterThan(5);
        assertThat(ear.words(0)).extracting(Word::start).isSorted().last().satisfies(last -> assertThat(last)
                .isBetween(9.5, 10.8));
        assertThat(ear.heard.stream().filter(Phrase::settled).toList())
                .allSatisfy(phrase -> assertThat(phrase.duration()).isPositive())
                .extracting(Phrase::start)
                .isSorted();
        await().until(() -> live.free() == 1);
    }

    @Test
    void telephone_audio_on_two_channels_is_heard_and_silence_is_reached() throws Exception {
        LiveLeg leg = open(live(2), new RawAudio(Encoding.MULAW, 8_000, 2));
        Resampler half = new Resampler(16_000, 8_000);
        byte[] coded = G711.toMuLaw(half.resample(speech()));
        byte[] stereo = new byte[2 * coded.length];
        Arrays.fill(stereo, Encoding.MULAW.silence());
        for (int i = 0; i < coded.length; i++) {
            stereo[2 * i + 1] = coded[i];
        }
        say(leg, stereo, 320);
        loop.execute(leg::end);

        await().atMost(Duration.ofSeconds(60)).until(() -> ear.ends.equals(List.of("ended")));
        assertThat(ear.text(0)).isEmpty();
        assertThat(ear.text(1)).contains(FELLOW_AMERICANS);
        assertThat(ear.reached).isPositive();
    }

    /** @param pauses how often the speaker's longest pause, of 0.7 s and as noisy as the rest, follows what is said */
    private List<Phrase> settledWith(Duration endpointing, int pauses) throws Exception {
        LiveLeg leg = open(live(1), new RawAudio(Encoding.LINEAR16, 16_000, 1), endpointing);
        byte[] speech = speech();
        say(leg, speech, 640);
        for (int i = 0; i < pauses; i++) {
            say(leg, Arrays.copyOfRange(speech, 32_000 * 24 / 10, 32_000 * 31 / 10), 640);
        }
        loop.execute(leg::end);
        await().atMost(Duration.ofSeconds(60)).until(() -> ear.ends.equals(List.of("ended")));
        return ear.heard.stream().filter(Phrase::settled).toList();
    }

    @Test
    void the_pause_that_a_stream_asks_for_ends_its_utterances() throws Exception {
        List<Phrase> settled = settledWith(Duration.ofMillis(300), 2);

        assertThat(ear.text(0)).contains(FELLOW_AMERICANS, "what you can do for your country");
        assertThat(ear.words(0).stream().flatMap(word -> Stream.of(word.start(), word.end())))
                .as("words in order, none twice: %s", ear.text(0))
                .isSorted();
        assertThat(settled.stream().filter(Phrase::endpoint).filter(phrase -> !phrase.isSilence()))
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(phrase -> assertThat(phrase.end()
                                - phrase.words().get(phrase.words().size() - 1).end())
                        .isLessThan(0.6));
    }

    @Test
    void words_are_settled_before_a_longer_pause_ends_their_utterance() throws Exception {
        List<Phrase> settled = settledWith(Duration.ofSeconds(3), 6);

        assertThat(settled.stream().filter(phrase -> !phrase.isSilence()))
                .hasSizeGreaterThanOrEqualTo(3)
                .noneMatch(Phrase::endpoint);
        assertThat(settled.stream().filter(Phrase::endpoint).findFirst())
                .hasValueSatisfying(pause -> assertThat(pause.end()).isBetween(11.9, 15.2));
    }

    @Test
    void an_utterance_that_no_pause_ends_goes_on_to_the_end_of_the_stream() throws Exception {
        List<Phrase> settled = settledWith(Duration.ZERO, 6);

        assertThat(settled.stream().filter(phrase -> !phrase.isSilence())).hasSizeGreaterThanOrEqualTo(3);
        assertThat(settled.stream().filter(Phrase::endpoint)).hasSize(1);
        assertThat(settled.get(settled.size() - 1).endpoint()).isTrue();
    }

    @Test
    void what_is_asked_for_in_the_midst_of_speech_is_no_pause() throws Exception {
        LiveLeg leg = open(live(1), new RawAudio(Encoding.LINEAR16, 16_000, 1), Duration.ofMillis(300));
        byte[] speech = speech();
        say(leg, Arrays.copyOfRange(speech, 32_000 * 53 / 10, 32_000 * 65 / 10), 640);
        loop.execute(leg::settle);
        say(leg, Arrays.copyOfRange(speech, 32_000 * 65 / 10, 32_000 * 72 / 10), 640);
        loop.execute(leg::settle);
        say(leg, new byte[320], 320);
        loop.execute(leg::end);

        await().atMost(Duration.ofSeconds(30)).until(() -> ear.ends.equals(List.of("ended")));
        assertThat(ear.heard.stream().filter(Phrase::settled))
                .extracting(Phrase::endpoint)
                .containsExactly(false, false, true);
        assertThat(ear.text(0)).startsWith("what your country");
    }

    @Test
    void what_is_asked_for_is_settled_where_it_was_asked_for_though_more_has_come() throws Exception {
        byte[] speech = speech();
        LiveLeg leg = open(live(1), new RawAudio(Encoding.LINEAR16, 16_000, 1));
        say(leg, Arrays.copyOf(speech, 32_000 * 2), 3_200);
        loop.execute(leg::settle);
        say(leg, Arrays.copyOfRange(speech, 32_000 * 2, 32_000 * 3), 3_200);
        loop.execute(leg::settle);
        say(leg, Arrays.copyOfRange(speech, 32_000 * 3, 32_000 * 4), 3_200);
        loop.execute(leg::end);

        await().atMost(Duration.ofSeconds(30)).until(() -> ear.ends.equals(List.of("ended")));
        assertThat(ear.heard.stream().filter(Phrase::asked))
                .extracting(Phrase::end)
                .containsExactly(2.0, 3.0);
    }

    @Test
    void beyond_its_places_it_says_so_and_places_come_back() throws Exception {
        VoskLive live = live(2);
        RawAudio form = new RawAudio(Encoding.LINEAR16, 16_000, 1);
        LiveLeg one = open(live, form);
        open(live, form);

        assertThatThrownBy(() -> open(live, form))
                .isInstanceOfSatisfying(
                        ProviderBusy.class, busy -> assertThat(busy.why()).isEqualTo(Cause.NO_CAPACITY))
                .hasMessageContaining("all 2 places");
        loop.execute(() -> one.hear(new byte[32_000]));
        loop.execute(one::abort);
        loop.execute(one::abort);

        await().until(() -> live.free() == 1);
    }
}
