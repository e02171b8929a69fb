package org.caravox.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.Recording;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;

/** What every speech-to-text provider does, whoever it is. */
public abstract class TranscriberContract {

    private static final Path SAMPLES =
            Path.of("..", "samples").toAbsolutePath().normalize();
    private static final Recording CLIP = sample("phone-clip-8k.wav", "pcm_mulaw", 8000, 1, 6.46);
    private static final Recording CALL = sample("booking-call.wav", "pcm_s16le", 16000, 2, 17);

    /** The provider under test; the same in each test. */
    protected abstract Transcriber transcriber();

    private static Recording sample(String name, String codec, int rate, int channels, double seconds) {
        Duration duration = Duration.ofMillis(Math.round(seconds * 1000));
        return new Recording(SAMPLES.resolve(name), new AudioInfo("wav", codec, rate, channels, duration, true));
    }

    @Test
    void it_has_a_name_and_a_default_model_that_it_takes() {
        assertThat(transcriber().provider()).matches("[a-z0-9-]+");
        assertThat(transcriber().models().takes(transcriber().models().usual())).isTrue();
        assertThat(transcriber().refuses(request())).isEmpty();
    }

    @Test
    void it_hears_what_is_said_and_when() throws Exception {
        Heard heard = transcribe(CLIP, forCaller());

        assertThat(text(heard, 0)).contains("my name is john brown").contains("question about my last bill");
        assertThat(heard.provider()).isEqualTo(transcriber().provider());
        assertThat(heard.model()).isEqualTo(transcriber().models().usual());
        assertThat(heard.duration()).isBetween(Duration.ofMillis(6300), Duration.ofMillis(6600));
        assertThat(heard.utterances()).allSatisfy(TranscriberContract::assertInOrder);
    }

    private static void assertInOrder(Utterance utterance) {
        double at = utterance.start();
        assertThat(utterance.words()).isNotEmpty();
        for (Word word : utterance.words()) {
            assertThat(word.start()).isGreaterThanOrEqualTo(at);
            assertThat(word.end()).isGreaterThanOrEqualTo(word.start());
            assertThat(word.confidence()).isBetween(0.0, 1.0);
            at = word.start();
        }
        assertThat(utterance.end()).isLessThan(20);
    }

    @Test
    void it_hears_each_channel_by_itself() throws Exception {
        Heard heard = transcribe(CALL, forCaller());

        assertThat(heard.channels()).isEqualTo(2);
        assertThat(text(heard, 0)).contains("garden restaurant").doesNotContain("book a table");
        assertThat(text(heard, 1)).contains("book a table").doesNotContain("garden restaurant");
    }

    @Test
    void it_tells_how_far_it_is() throws Exception {
        List<Duration> progress = new ArrayList<>();

        transcribe(CALL, new Listening(Mode.ASYNC, in(Duration.ofMinutes(2)), progress::add));

        assertThat(progress).isNotEmpty().isSorted();
        assertThat(progress.get(progress.size() - 1)).isLessThanOrEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void it_gives_up_at_the_deadline() {
        Listening late = new Listening(Mode.ASYNC, in(Duration.ZERO), heard -> {});

        assertThatThrownBy(() -> transcribe(CALL, late))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.TIMED_OUT));
    }

    @Test
    void it_stops_when_it_is_interrupted() {
        Thread self = Thread.currentThread();
        Listening calledOff = new Listening(Mode.ASYNC, in(Duration.ofMinutes(2)), heard -> self.interrupt());

        assertThatThrownBy(() -> transcribe(CALL, calledOff)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void what_is_no_recording_is_refused() {
        Recording text = new Recording(SAMPLES.resolve("samples.tsv"), CLIP.info());

        assertThatThrownBy(() -> transcribe(text, forCaller()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.mayPass()).isFalse());
    }

    private Heard transcribe(Recording recording, Listening listening) throws Exception {
        Attempt attempt = new Attempt(transcriber().models().usual(), Credential.NONE, listening.patience());
        return transcriber().transcribe(request(), at(recording), listening, attempt);
    }

    private static RecordingSource at(Recording recording) {
        return new RecordingSource() {
            @Override
            public Optional<URI> url() {
                return Optional.empty();
            }

            @Override
            public Path file() {
                return recording.file();
            }

            @Override
            public Recording recording() {
                return recording;
            }
        };
    }

    private static Listening forCaller() {
        return Listening.forCaller(in(Duration.ofMinutes(2)));
    }

    private static Patience in(Duration time) {
        return Patience.of(time, Clock.systemUTC());
    }

    private static String text(Heard heard, int channel) {
        return heard.utterances().stream()
                .filter(utterance -> utterance.channel() == channel)
                .map(Utterance::transcript)
                .collect(Collectors.joining(" "));
    }

    private static TranscriptionRequest request() {
        return new TranscriptionRequest(
                new UUID(0, 1),
                "acme",
                "u",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Options.NONE,
                5,
                null,
                null,
                Instant.EPOCH);
    }
}
