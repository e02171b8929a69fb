package org.caravox.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.Recording;
import org.caravox.providers.Attempt;
import org.caravox.providers.Chain;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every speech-to-text provider does, whoever it is. {@link EmbeddedTranscriberContract} has what those inside the
 * hub do besides; for those over the network there is one in itests.
 */
public abstract class TranscriberContract {

    private static final Path SAMPLES =
            Path.of("..", "samples").toAbsolutePath().normalize();

    /** Six and a half seconds of one voice on a telephone line. */
    protected static final Recording CLIP = sample("phone-clip-8k.wav", "pcm_mulaw", 8000, 1, 6.46);

    /** Seventeen seconds of two voices, one on each channel. */
    protected static final Recording CALL = sample("booking-call.wav", "pcm_s16le", 16000, 2, 17);

    /** What is no recording, whatever it is said to be. */
    protected static final Recording TEXT = new Recording(SAMPLES.resolve("samples.tsv"), CLIP.info());

    /** The provider under test; the same in each test. */
    protected abstract Transcriber transcriber();

    /** What it is shown. */
    protected abstract Credential credential();

    private static Recording sample(String name, String codec, int rate, int channels, double seconds) {
        Duration duration = Duration.ofMillis(Math.round(seconds * 1000));
        return new Recording(SAMPLES.resolve(name), new AudioInfo("wav", codec, rate, channels, duration, true));
    }

    @Test
    void it_has_a_name_and_a_default_model_that_it_takes() {
        assertThat(transcriber().provider()).matches("[a-z0-9-]+");
        assertThat(transcriber().models().takes(transcriber().models().usual())).isTrue();
        assertThat(transcriber().refuses(request(Options.NONE))).isEmpty();
    }

    @Test
    void what_it_heard_says_by_whom_with_what_and_when() throws Exception {
        Heard heard = transcribe(CLIP, forCaller());

        assertThat(heard.provider()).isEqualTo(transcriber().provider());
        assertThat(heard.model()).isEqualTo(transcriber().models().usual());
        assertThat(heard.language()).matches("en(-[A-Z]{2})?");
        assertThat(heard.duration()).isBetween(Duration.ofMillis(6300), Duration.ofMillis(6600));
        assertThat(heard.channels()).isEqualTo(1);
        assertThat(heard.utterances()).isNotEmpty().allSatisfy(TranscriberContract::assertInOrder);
    }

    private static void assertInOrder(Utterance utterance) {
        double at = utterance.start();
        assertThat(utterance.transcript()).isNotBlank();
        assertThat(utterance.words()).isNotEmpty();
        for (Word word : utterance.words()) {
            assertThat(word.start()).isGreaterThanOrEqualTo(at);
            assertThat(word.end()).isGreaterThanOrEqualTo(word.start());
            assertThat(word.confidence() == null ? 0 : word.confidence()).isBetween(0.0, 1.0);
            at = word.start();
        }
        assertThat(utterance.end()).isBetween(at, 20.0);
    }

    @Test
    void it_tells_channels_apart_or_says_that_it_does_not() throws Exception {
        TranscriptionRequest request = request(wish(Option.MULTICHANNEL, "true"));
        boolean apart = !transcriber().cannot(request).contains("multichannel");

        Heard heard = transcribe(request, at(CALL), forCaller());

        assertThat(heard.channels()).isEqualTo(apart ? 2 : 1);
        assertThat(heard.utterances())
                .extracting(Utterance::channel)
                .containsOnly(apart ? new Integer[] {0, 1} : new Integer[] {0});
    }

    @Test
    void each_option_is_honoured_or_named_as_one_that_is_not() {
        Map<Option, List<String>> all = new HashMap<>();
        Arrays.stream(Option.values()).forEach(option -> all.put(option, List.of("1")));

        assertThat(transcriber().cannot(request(new Options(all))))
                .containsAll(Arrays.stream(Option.values())
                        .filter(option -> option != Option.CACHE)
                        .filter(option -> !transcriber().honours().contains(option))
                        .map(Option::word)
                        .toList());
        assertThat(transcriber().cannot(request(Options.NONE))).isEmpty();
    }

    @Test
    void a_language_that_it_does_not_speak_is_refused_before_the_call() {
        assertThat(transcriber().refuses(request("tlh", Options.NONE))).hasValueSatisfying(why -> assertThat(why)
                .contains("\"tlh\"")
                .contains(transcriber().provider())
                .contains("use "));
        assertThat(transcriber().refuses(request("en", Options.NONE))).isEmpty();
    }

    @Test
    void it_gives_up_at_the_deadline() {
        Patience late = in(Duration.ZERO);

        Exception given = catchException(() -> transcribe(CALL, new Listening(Mode.ASYNC, late, heard -> {})));

        if (given instanceof Refusal refusal) {
            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.TOO_SLOW);
        } else {
            assertThat(Chain.failure("it", given, late).why()).isEqualTo(Cause.TIMEOUT);
        }
    }

    /** Has it transcribe a recording that is on this machine's disk. */
    protected Heard transcribe(Recording recording, Listening listening) throws Exception {
        return transcribe(request(Options.NONE), at(recording), listening);
    }

    /** Has it transcribe whatever a request asks for, with its default model. */
    protected Heard transcribe(TranscriptionRequest request, RecordingSource source, Listening listening)
            throws Exception {
        Attempt attempt = new Attempt(transcriber().models().usual(), credential(), listening.patience(), true);
        return transcriber().transcribe(request, source, listening, attempt);
    }

    protected static RecordingSource at(Recording recording) {
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

    protected static Listening forCaller() {
        return Listening.forCaller(in(Duration.ofMinutes(2)));
    }

    protected static Patience in(Duration time) {
        return Patience.of(time, Clock.systemUTC());
    }

    protected static String text(Heard heard, int channel) {
        return heard.utterances().stream()
                .filter(utterance -> utterance.channel() == channel)
                .map(Utterance::transcript)
                .collect(Collectors.joining(" "));
    }

    protected static Options wish(Option option, String... values) {
        return new Options(Map.of(option, List.of(values)));
    }

    protected static TranscriptionRequest request(Options options) {
        return request(null, options);
    }

    protected static TranscriptionRequest request(@Nullable String language, Options options) {
        return new TranscriptionRequest(
                new UUID(0, 1),
                "acme",
                "u",
                null,
                null,
                null,
                null,
                language,
                null,
                null,
                options,
                5,
                null,
                null,
                Instant.EPOCH);
    }
}
