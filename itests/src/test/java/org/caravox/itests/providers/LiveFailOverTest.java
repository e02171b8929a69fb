package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.audio.RawAudio;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.live.CountedAudio;
import org.caravox.live.KeptHandovers;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.LiveEvent.ProviderChanged;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveLegs;
import org.caravox.live.LiveMetrics;
import org.caravox.live.LiveOutside;
import org.caravox.live.LiveRecord;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.live.LiveSessions;
import org.caravox.live.LiveSettings;
import org.caravox.live.LiveSteps;
import org.caravox.live.LiveTranscriber;
import org.caravox.live.Phrase;
import org.caravox.live.deepgram.DeepgramLive;
import org.caravox.live.openai.OpenAiLive;
import org.caravox.live.utterances.UtterancesLive;
import org.caravox.outbound.NettySockets;
import org.caravox.outbound.Trust;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Credential;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Models;
import org.caravox.providers.RemoteSettings;
import org.caravox.providers.Use;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Options;
import org.caravox.transcription.PlayedTranscriber;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.usage.Meters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that go on with another provider over real sockets: no word is lost or doubled, and nothing stays open. */
@Timeout(120)
class LiveFailOverTest {

    private static final int WAV_HEADER_BYTES = 44;
    private static final FakeProviders FAKES = FakeProviders.start(0);
    private static final NioEventLoopGroup LOOPS = new NioEventLoopGroup(2);
    private static final ExecutorService OTHERS = Executors.newFixedThreadPool(8);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NettySockets SOCKETS = new NettySockets(Trust.usual(), JSON, Clock.systemUTC());

    private final DeepgramLive first = deepgram("deepgram");
    private final DeepgramLive second = deepgram("deepgram-2");
    private final OpenAiLive openai = new OpenAiLive(
            new RemoteSettings(
                    "openai",
                    URI.create(FAKES.base("openai") + "/v1"),
                    Models.of("gpt-live-transcribe"),
                    List.of("*"),
                    Map.of()),
            SOCKETS,
            JSON);
    private final AtomicInteger recordingsHeard = new AtomicInteger();
    private volatile int recordingsFailAt = Integer.MAX_VALUE;
    private final Path folder = Files.createTempDirectory("caravox-tests-");
    private final UtterancesLive utterances =
            new UtterancesLive(new PlayedTranscriber("recordings", this::hear), folder, OTHERS, Clock.systemUTC());
    private LiveSessions sessions = sessions(false, "deepgram", "deepgram-2");

    LiveFailOverTest() throws IOException {}

    /** {@link CountedAudio}, as a provider of transcripts of recordings hears it. */
    private Utterance hear(Path recording) throws IOException {
        if (recordingsHeard.incrementAndGet() >= recordingsFailAt) {
            throw new ConnectException("refused");
        }
        byte[] wav = Files.readAllBytes(recording);
        List<Word> words = CountedAudio.words(
                Arrays.copyOfRange(wav, WAV_HEADER_BYTES, wav.length), CountedAudio.LOUD.sampleRateHz());
        String text = words.stream().map(Word::word).collect(Collectors.joining(" "));
        double end = words.isEmpty() ? 0 : words.get(words.size() - 1).end();
        return new Utterance(0, 0, end, text, words);
    }

    @BeforeEach
    void reset() {
        FAKES.reset();
        FAKES.script("deepgram-2", new Rule().counted());
        FAKES.script("openai", new Rule().counted());
    }

    @AfterAll
    static void close() {
        SOCKETS.close();
        var unused = LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        OTHERS.shutdownNow();
        FAKES.close();
    }

    private static DeepgramLive deepgram(String station) {
        return new DeepgramLive(
                new RemoteSettings(station, FAKES.base(station), Models.of("nova-3"), List.of("*"), Map.of()),
                SOCKETS,
                JSON);
    }

    private LiveSessions sessions(boolean warm, String... providers) {
        Chain<LiveRequest, LiveTranscriber> chain = new Chain<>(
                Use.LIVE,
                List.of(first, second, openai, utterances),
                name -> new LineSettings(1_000, Duration.ofSeconds(30)),
                tenant -> ChainSettings.of(providers),
                (use, provider, tenant) -> Optional.of(new Credential("key", "a-key")),
                new Lines(BreakerSettings.USUAL, new SimpleMeterRegistry(), Clock.systemUTC()),
                new SimpleMeterRegistry(),
                RandomGenerator.getDefault());
        LiveSettings settings = new LiveSettings(
                1_000,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                1.25,
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(8),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                warm);
        LiveOutside outside = new LiveOutside(
                new LiveLegs(chain, OTHERS, Clock.systemUTC()),
                new Steps(),
                OTHERS,
                new LiveMetrics(new SimpleMeterRegistry()),
                settings,
                System::nanoTime);
        return new LiveSessions(outside, new KeptHandovers(), Meters.none(), tenant -> 1_000, Clock.systemUTC());
    }

    private static final class Steps implements LiveSteps {
        @Override
        public LiveRequest opened(LiveRequest request) {
            return request;
        }

        @Override
        public void uttered(LiveRequest request, Utterance utterance) {}

        @Override
        public Transcript ended(LiveRecord ended) {
            return Transcript.of(
                    ended.request().id(), "u", Mode.STREAM, null, ended.heard(), ended.warnings(), Instant.EPOCH);
        }
    }

    private static final class Client implements LiveClient {
        private final List<LiveEvent> told = new CopyOnWriteArrayList<>();
        private volatile @Nullable Transcript transcript;
        private volatile @Nullable LiveFault fault;

        @Override
        public void tell(long number, LiveEvent event) {
            told.add(event);
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void ended(Transcript ended) {
            transcript = ended;
        }

        @Override
        public void failed(LiveFault why) {
            fault = why;
        }

        List<String> words() {
            return told.stream()
                    .filter(Heard.class::isInstance)
                    .map(event -> ((Heard) event).phrase())
                    .filter(phrase -> phrase.settled())
                    .flatMap(phrase -> phrase.words().stream())
                    .map(Word::word)
                    .toList();
        }

        /** Also of phrases without words. */
        String transcript() {
            return told.stream()
                    .filter(Heard.class::isInstance)
                    .map(event -> ((Heard) event).phrase())
                    .filter(phrase -> phrase.settled() && !phrase.isSilence())
                    .map(Phrase::transcript)
                    .collect(Collectors.joining(" "));
        }

        /** The same of one channel. */
        String transcript(int channel) {
            return told.stream()
                    .filter(Heard.class::isInstance)
                    .map(event -> ((Heard) event).phrase())
                    .filter(phrase -> phrase.channel() == channel && phrase.settled() && !phrase.isSilence())
                    .map(Phrase::transcript)
                    .collect(Collectors.joining(" "));
        }

        double heardUntil() {
            return told.stream()
                    .filter(Heard.class::isInstance)
                    .mapToDouble(event -> ((Heard) event).phrase().end())
                    .max()
                    .orElse(0);
        }

        List<String> changes() {
            return told.stream()
                    .filter(ProviderChanged.class::isInstance)
                    .map(event -> ((ProviderChanged) event).to())
                    .toList();
        }
    }

    private static LiveRequest request(RawAudio audio) {
        return new LiveRequest(
                RequestIds.next(),
                "acme",
                new UUID(0, 1),
                "mary",
                "stream",
                audio,
                null,
                null,
                null,
                Options.NONE,
                true,
                null,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
    }

    private LiveSession open(Client client) {
        return open(client, sessions, CountedAudio.form(1));
    }

    private static LiveSession open(Client client, LiveSessions sessions, RawAudio audio) {
        EventLoop loop = LOOPS.next();
        LiveSession session = sessions.open(request(audio), loop, false).join();
        session.attach(client, 0);
        return session;
    }

    private static void say(LiveSession session, int words) {
        say(session, CountedAudio.chunks(words, 1));
    }

    private static void say(LiveSession session, List<byte[]> chunks) {
        chunks.forEach(chunk -> session.loop().execute(() -> session.hear(chunk)));
    }

    private void nothingIsOpen() {
        await().atMost(Duration.ofSeconds(10)).until(() -> first.connections() + second.connections() == 0);
        await().atMost(Duration.ofSeconds(10)).until(() -> Stream.of("deepgram", "deepgram-2", "openai")
                .allMatch(station -> FAKES.counters(station).open() == 0));
        assertThat(sessions.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'close': 1011", "'close': 1000", "'cut': 'reset'", "'kind': 'garbage'", "'hang': true"})
    void a_provider_that_fails_in_mid_sentence_is_replaced(String fault) {
        FAKES.script(
                "deepgram",
                "{'counted': true, 'after': '4100ms', ".replace('\'', '"') + fault.replace('\'', '"') + "}");
        Client client = new Client();
        LiveSession session = open(client);
        List<byte[]> chunks = CountedAudio.chunks(40, 1);
        say(session, chunks.subList(0, 45));
        await().atMost(Duration.ofSeconds(30)).until(() -> client.heardUntil() >= 4);
        say(session, chunks.subList(45, chunks.size()));
        await().atMost(Duration.ofSeconds(30)).until(() -> !client.changes().isEmpty());
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.fault).isNull();
        assertThat(client.changes()).containsExactly("deepgram-2");
        assertThat(client.words()).isEqualTo(CountedAudio.words(1, 40));
        nothingIsOpen();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'status': 401", "'status': 429", "'status': 503", "'cut': 'reset'"})
    void a_provider_that_refuses_is_passed_over(String refusal) {
        FAKES.script("deepgram", ("{" + refusal + "}").replace('\'', '"'));
        Client client = new Client();
        LiveSession session = open(client);
        say(session, 10);
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).isEmpty();
        assertThat(client.words()).isEqualTo(CountedAudio.words(1, 10));
        nothingIsOpen();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "deepgram; openai; 'close': 1011",
                "openai; deepgram-2; 'close': 1011",
                "openai; deepgram-2; 'cut': 'reset'",
                "openai; deepgram-2; 'kind': 'garbage'"
            })
    void providers_with_and_without_times_of_words_take_over_from_each_other(
            String broken, String other, String fault) {
        FAKES.script(broken, ("{'counted': true, 'after': '4100ms', " + fault + "}").replace('\'', '"'));
        LiveSessions both = sessions(false, broken, other);
        Client client = new Client();
        LiveSession session = open(client, both, CountedAudio.LOUD);
        List<byte[]> chunks = CountedAudio.loud(40);
        say(session, chunks.subList(0, 45));
        await().atMost(Duration.ofSeconds(30)).until(() -> !client.changes().isEmpty());
        say(session, chunks.subList(45, chunks.size()));
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).containsExactly(other);
        assertThat(client.transcript()).isEqualTo(String.join(" ", CountedAudio.words(1001, 1040)));
        assertThat(both.count()).isZero();
        nothingIsOpen();
    }

    @ParameterizedTest
    @CsvSource({
        "deepgram,openai",
        "openai,deepgram-2",
        "deepgram,recordings",
        "recordings,deepgram-2",
        "openai,recordings"
    })
    void each_word_of_two_channels_is_told_once_and_on_its_channel_whoever_takes_over(String broken, String other) {
        if (broken.equals("recordings")) {
            recordingsFailAt = 3;
        } else {
            FAKES.script(
                    broken, new Rule().counted().after(Duration.ofMillis(4_600)).close(1011));
        }
        LiveSessions both = sessions(false, broken, other);
        Client client = new Client();
        LiveSession session = open(client, both, CountedAudio.loudForm(2));
        List<byte[]> chunks = withPauses(CountedAudio.loud(40, 2));
        say(session, chunks.subList(0, 100));
        await().atMost(Duration.ofSeconds(30)).until(() -> !client.changes().isEmpty());
        say(session, chunks.subList(100, chunks.size()));
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).containsExactly(other);
        assertEachOnItsChannel(client);
        await().untilAsserted(() -> assertThat(folder).isEmptyDirectory()); // whoever was let go of may still be asked
        nothingIsOpen();
    }

    @Test
    void two_channels_go_to_another_provider_and_come_back() {
        Rule breaksOff = new Rule().counted().after(Duration.ofMillis(4_100)).close(1011);
        FAKES.script("deepgram", breaksOff.times(1), new Rule().counted());
        FAKES.script("openai", breaksOff);
        LiveSessions both = sessions(false, "deepgram", "openai");
        Client client = new Client();
        LiveSession session = open(client, both, CountedAudio.loudForm(2));
        say(session, CountedAudio.loud(40, 2));
        await().atMost(Duration.ofSeconds(30)).until(() -> client.changes().size() == 2);
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).containsExactly("openai", "deepgram");
        assertEachOnItsChannel(client);
        nothingIsOpen();
    }

    private static void assertEachOnItsChannel(Client client) {
        assertThat(client.transcript(0)).isEqualTo(String.join(" ", CountedAudio.words(1001, 1040)));
        assertThat(client.transcript(1)).isEqualTo(String.join(" ", CountedAudio.words(1101, 1140)));
    }

    /** Everybody pauses after ten words, for so long that an utterance ends. */
    private static List<byte[]> withPauses(List<byte[]> chunks) {
        List<byte[]> paused = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            paused.add(chunks.get(i));
            if (i % 30 == 29) {
                paused.addAll(Collections.nCopies(12, new byte[chunks.get(i).length]));
            }
        }
        return paused;
    }

    @ParameterizedTest
    @ValueSource(strings = {"'status': 401", "'status': 429"})
    void an_openai_that_refuses_is_passed_over(String refusal) {
        FAKES.script("openai", ("{" + refusal + "}").replace('\'', '"'));
        Client client = new Client();
        LiveSession session = open(client, sessions(false, "openai", "deepgram-2"), CountedAudio.LOUD);
        CountedAudio.loud(3).forEach(chunk -> say(session, List.of(chunk)));
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).isEmpty();
        assertThat(client.transcript()).isEqualTo("word1001 word1002 word1003");
        nothingIsOpen();
    }

    @Test
    void a_provider_that_is_held_warm_takes_over_without_being_asked_anew() {
        sessions = sessions(true, "deepgram", "deepgram-2");
        FAKES.script(
                "deepgram", new Rule().counted().after(Duration.ofMillis(4_100)).close(1011));
        Client client = new Client();
        LiveSession session = open(client);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> FAKES.counters("deepgram-2").open() == 1 && second.connections() == 1);
        say(session, 20);
        await().atMost(Duration.ofSeconds(30)).until(() -> !client.changes().isEmpty());
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        assertThat(client.changes()).containsExactly("deepgram-2");
        assertThat(client.words()).isEqualTo(CountedAudio.words(1, 20));
        assertThat(FAKES.requests("deepgram-2")).hasSize(1);
        nothingIsOpen();
    }

    @Test
    void a_provider_that_is_being_warmed_when_the_stream_ends_is_let_go_of() {
        sessions = sessions(true, "deepgram", "deepgram-2");
        FAKES.script("deepgram", new Rule().counted());
        FAKES.script("deepgram-2", new Rule().counted().latency(Duration.ofMillis(300)));
        Client client = new Client();
        LiveSession session = open(client);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> FAKES.requests("deepgram-2").size() == 1);
        session.end();

        await().atMost(Duration.ofSeconds(30)).until(() -> client.transcript != null);
        nothingIsOpen();
    }

    @Test
    void nothing_is_left_of_streams_that_are_aborted() {
        FAKES.script("deepgram", new Rule().counted());
        for (int i = 0; i < 100; i++) {
            Client client = new Client();
            LiveSession session = open(client);
            say(session, 1);
            session.fail(new LiveFault(LiveFault.Why.CLOSED_BY_OPERATOR, "closed"));
        }

        nothingIsOpen();
    }
}
