package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.LiveEvent.ProviderChanged;
import org.caravox.live.LiveEvent.SpeechStarted;
import org.caravox.live.LiveEvent.UtteranceEnd;
import org.caravox.live.LiveFault.Why;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.Use;
import org.caravox.recordings.Recorder;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveSessionTest {

    private final CountingTranscriber first = new CountingTranscriber("first");
    private final CountingTranscriber second = new CountingTranscriber("second");
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService others = Executors.newFixedThreadPool(2);
    private final Stored stored = new Stored();
    private AudioBlocks memory = new AudioBlocks(Long.MAX_VALUE);
    private List<String> asked = List.of("first", "second");
    private LiveSettings settings = settings(Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(10));

    @AfterEach
    void stop() {
        loop.shutdownNow();
        others.shutdownNow();
    }

    private static LiveSettings settings(Duration stall, Duration burst, Duration silence) {
        return settings(stall, burst, silence, Duration.ofHours(1));
    }

    private static LiveSettings settings(Duration stall, Duration burst, Duration silence, Duration idle) {
        return settings(stall, burst, silence, idle, false);
    }

    private static LiveSettings settings(
            Duration stall, Duration burst, Duration silence, Duration idle, boolean warm) {
        return new LiveSettings(
                10,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                1.25,
                burst,
                Duration.ofSeconds(1),
                silence,
                idle,
                Duration.ofHours(1),
                stall,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                warm);
    }

    /** What the routes get to see. */
    private static final class Stored implements LiveSteps {
        private final List<Utterance> uttered = new CopyOnWriteArrayList<>();
        private volatile @Nullable LiveRecord record;

        LiveRecord kept() {
            return Objects.requireNonNull(record);
        }

        @Override
        public LiveRequest opened(LiveRequest request) {
            return request;
        }

        @Override
        public void uttered(LiveRequest request, Utterance utterance) {
            uttered.add(utterance);
        }

        @Override
        public Transcript ended(LiveRecord ended) {
            record = ended;
            return Transcript.of(
                    ended.request().id(), "u", Mode.STREAM, null, ended.heard(), ended.warnings(), Instant.EPOCH);
        }
    }

    /** A client that writes down what it is told. */
    private static final class Client implements LiveClient {
        private final List<LiveEvent> told = new CopyOnWriteArrayList<>();
        private final List<Long> numbers = new CopyOnWriteArrayList<>();
        private final List<String> flow = new CopyOnWriteArrayList<>();
        private volatile @Nullable Transcript transcript;
        private volatile @Nullable LiveFault fault;

        @Override
        public void tell(long number, LiveEvent event) {
            numbers.add(number);
            told.add(event);
        }

        @Override
        public void pause() {
            flow.add("pause");
        }

        @Override
        public void resume() {
            flow.add("resume");
        }

        @Override
        public void ended(Transcript ended) {
            transcript = ended;
        }

        @Override
        public void failed(LiveFault why) {
            fault = why;
        }

        <E> List<E> all(Class<E> type) {
            return told.stream().filter(type::isInstance).map(type::cast).toList();
        }

        /** The words of the final phrases of a channel. */
        List<String> words(int channel) {
            return all(Heard.class).stream()
                    .map(Heard::phrase)
                    .filter(phrase -> phrase.settled() && phrase.channel() == channel)
                    .flatMap(phrase -> phrase.words().stream())
                    .map(Word::word)
                    .toList();
        }

        Optional<Why> why() {
            return Optional.ofNullable(fault).map(LiveFault::why);
        }
    }

    private static LiveRequest request(int channels, boolean interim) {
        return new LiveRequest(
                new UUID(0, 7),
                "acme",
                new UUID(0, 1),
                "mary",
                "stream",
                CountedAudio.form(channels),
                null,
                null,
                null,
                Options.NONE,
                interim,
                null,
                Duration.ofSeconds(1),
                true,
                false,
                null,
                Instant.EPOCH);
    }

    private LiveSession open(LiveRequest request, Client client, boolean resumable) {
        LiveSession session = new LiveSession(request, loop, outside(), resumable);
        session.open().join();
        session.attach(client, 0);
        return session;
    }

    private LiveOutside outside() {
        Chain<LiveRequest, LiveTranscriber> chain = new Chain<>(
                Use.LIVE,
                List.of(first, second),
                name -> new LineSettings(10, Duration.ofSeconds(30)),
                tenant -> ChainSettings.of(asked.toArray(String[]::new)),
                (use, provider, tenant) -> Optional.empty(),
                new Lines(BreakerSettings.USUAL, new SimpleMeterRegistry(), Clock.systemUTC()),
                new SimpleMeterRegistry(),
                RandomGenerator.getDefault());
        return new LiveOutside(
                new LiveLegs(chain, others, Clock.systemUTC()),
                stored,
                others,
                new LiveMetrics(new SimpleMeterRegistry()),
                settings,
                request -> Recorder.NONE,
                memory,
                System::nanoTime);
    }

    private void say(LiveSession session, List<byte[]> chunks) {
        chunks.forEach(chunk -> loop.execute(() -> session.hear(chunk)));
    }

    private static void until(BooleanSupplier condition) {
        await().atMost(Duration.ofSeconds(20)).until(condition::getAsBoolean);
    }

    @Test
    void what_was_said_is_told_stored_and_ended() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(20, 1));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 20));
        assertThat(client.all(Heard.class)).anyMatch(heard -> !heard.phrase().settled());
        assertThat(client.all(SpeechStarted.class)).isNotEmpty();
        assertThat(client.fault).isNull();
        assertThat(stored.kept().heard().duration()).isEqualTo(Duration.ofSeconds(6));
        assertThat(stored.kept().hearers()).containsOnlyKeys(new Hearer("first", "m"));
        assertThat(String.join(
                        " ", stored.uttered.stream().map(Utterance::transcript).toList()))
                .isEqualTo(String.join(" ", CountedAudio.words(1, 20)));
        assertThat(session.whenEnded()).isDone();
    }

    @Test
    void a_provider_that_breaks_off_in_mid_sentence_loses_and_doubles_no_word() {
        first.failsAfter = 5.1;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(40, 1));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 40));
        assertThat(client.all(ProviderChanged.class)).hasSize(1).allSatisfy(changed -> {
            assertThat(changed.from()).isEqualTo("first");
            assertThat(changed.to()).isEqualTo("second");
        });
        assertThat(stored.kept().hearers()).containsOnlyKeys(new Hearer("first", "m"), new Hearer("second", "m"));
        assertThat(client.all(Heard.class).stream()
                        .filter(heard -> heard.phrase().settled())
                        .flatMap(heard -> heard.phrase().words().stream())
                        .map(Word::start))
                .isSorted()
                .last()
                .satisfies(start -> assertThat(start).isBetween(11.65, 11.75));
    }

    @Test
    void interim_words_are_told_to_those_who_want_them() {
        Client client = new Client();
        LiveSession session = open(request(1, false), client, false);

        say(session, CountedAudio.chunks(20, 1));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.all(Heard.class)).allMatch(heard -> heard.phrase().settled());
    }

    @Test
    void a_provider_that_tells_nothing_is_given_up() {
        settings = settings(Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofSeconds(10));
        first.stallsAfter = 3;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(30, 1));
        until(() -> !client.all(ProviderChanged.class).isEmpty());
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 30));
    }

    @Test
    void a_provider_that_tells_of_a_channel_that_is_not_there_is_given_up() {
        first.tellsOfAnotherChannelAfter = 1;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(10, 1));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 10));
        assertThat(client.all(ProviderChanged.class)).hasSize(1);
    }

    @Test
    void channels_are_told_apart_also_by_the_one_who_takes_over() {
        first.failsAfter = 3.05;
        Client client = new Client();
        LiveSession session = open(request(2, true), client, false);

        say(session, CountedAudio.chunks(20, 2));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 20));
        assertThat(client.words(1)).isEqualTo(CountedAudio.words(101, 120));
    }

    @Test
    void audio_waits_for_a_slow_provider_and_then_its_sender_does() {
        first.full = true;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(10, 1));
        until(() -> client.flow.equals(List.of("pause")));
        first.full = false;
        loop.execute(() -> first.legs.get(0).ready());
        until(() -> client.flow.equals(List.of("pause", "resume")));
        session.end();

        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 10));
    }

    @Test
    void a_sender_is_held_back_where_the_hub_has_no_more_memory_for_it_and_what_it_took_is_given_back() {
        memory = new AudioBlocks(128 * 1024);
        first.stallsAfter = 0;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(20, 1));

        until(() -> client.flow.contains("pause"));
        session.fail(new LiveFault(Why.BROKEN, "enough"));
        until(() -> session.whenEnded().isDone());
        assertThat(memory.taken()).isZero();
    }

    @Test
    void a_provider_that_tells_nothing_is_given_up_also_while_memory_is_scarce() {
        memory = new AudioBlocks(128 * 1024);
        settings = settings(Duration.ofMillis(2_500), Duration.ofMinutes(10), Duration.ofSeconds(10));
        first.stallsAfter = 0;
        Client client = new Client();
        LiveSession session = open(request(2, true), client, false);

        say(session, CountedAudio.chunks(7, 2)); // 67 kB: more than its share, and less than a stall is told by

        until(() -> !client.all(ProviderChanged.class).isEmpty());
        session.end();
        until(() -> client.transcript != null);
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 7));
    }

    private void warm(String... providers) {
        asked = List.of(providers);
        Duration some = Duration.ofMinutes(10);
        settings = settings(Duration.ofSeconds(10), some, some, Duration.ofHours(1), true);
        open(request(1, true), new Client(), false);
    }

    @Test
    void a_second_provider_is_held_ready_where_that_is_wished() {
        warm("first", "second");

        until(() -> second.legs.size() == 1);
        assertThat(first.legs).hasSize(1);
    }

    @Test
    void no_provider_is_held_ready_beside_itself() {
        warm("first");

        await().during(Duration.ofSeconds(1)).until(() -> first.legs.size() == 1);
    }

    @Test
    void a_provider_is_not_held_ready_beside_itself_when_the_second_one_fails() {
        second.opening = () -> {
            throw new ProviderBusy("second", Cause.CONNECT, "takes no connections", null, null);
        };
        warm("first", "second");

        await().during(Duration.ofSeconds(1)).until(() -> first.legs.size() == 1);
    }

    @Test
    void a_sender_faster_than_real_time_is_held_back_for_as_long_as_it_is_ahead() {
        settings = settings(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(10));
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(6, 1)); // 1.8 s of audio: 1.44 s at its pace, of which 1 s may come at once

        until(() -> client.flow.equals(List.of("pause", "resume")));
        assertThat(session.heard()).isEqualTo(Duration.ofMillis(1800));
    }

    @Test
    void small_frames_go_on_together_and_none_waits_for_long() {
        LiveSession session = open(request(1, true), new Client(), false);
        byte[] frame = new byte[CountedAudio.form(1).bytesPerSecond() / 50];

        loop.execute(() -> {
            for (int i = 0; i < 5; i++) {
                session.hear(frame.clone());
            }
        });

        until(() -> first.legs.get(0).messages.equals(List.of(2 * frame.length, 2 * frame.length, frame.length)));
        session.end();
    }

    @Test
    void all_audio_is_given_out_before_its_words_are_asked_for() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);
        byte[] frame = new byte[CountedAudio.form(1).bytesPerSecond() / 50];

        loop.execute(() -> {
            session.hear(frame.clone());
            session.settle();
        });

        until(() -> client.all(Heard.class).stream()
                .anyMatch(heard -> heard.phrase().asked() && heard.phrase().end() == 0.02));
        session.end();
    }

    @Test
    void a_client_that_comes_back_is_told_what_it_does_not_have() throws Exception {
        Client gone = new Client();
        LiveSession session = open(request(1, true), gone, true);
        say(session, CountedAudio.chunks(10, 1));
        until(() -> gone.told.size() > 5);
        session.lost(gone);
        loop.submit(() -> {}).get();
        say(session, CountedAudio.chunks(10, 1));
        Client back = new Client();
        long last = gone.numbers.get(gone.numbers.size() - 1);

        session.attach(back, last);
        session.end();

        until(() -> back.transcript != null);
        assertThat(back.numbers).isSorted().allMatch(number -> number > last);
        assertThat(gone.words(0).size() + back.words(0).size()).isEqualTo(20);
    }

    @Test
    void a_stream_without_audio_or_sign_of_life_is_closed() {
        settings = settings(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMillis(300));
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        until(() -> client.why().equals(Optional.of(Why.SILENT)));
        until(() -> session.whenEnded().isDone());
        assertThat(stored.kept().fault()).isPresent();
    }

    @Test
    void a_pause_after_the_last_word_is_told_as_the_end_of_an_utterance() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(3, 1));
        say(session, List.of(new byte[2 * 8_000 * 2]));

        until(() -> client.all(UtteranceEnd.class).size() == 1);
        assertThat(client.all(UtteranceEnd.class).get(0).lastWordEnd()).isBetween(0.8, 0.9);
        session.end();
    }

    @Test
    void when_nobody_can_hear_it_the_client_is_told() {
        first.failsAfter = 0;
        second.failsAfter = 0;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(120, 1)); // more than is kept for the next provider

        until(() -> client.why().equals(Optional.of(Why.NO_PROVIDER)));
        until(() -> session.whenEnded().isDone());
    }

    @Test
    void audio_that_everybody_rejects_is_the_clients_fault() {
        first.failsAfter = 0;
        first.rejects = true;
        second.failsAfter = 0;
        second.rejects = true;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(2, 1));

        until(() -> client.why().equals(Optional.of(Why.NOT_AUDIO)));
        until(() -> session.whenEnded().isDone());
    }

    @Test
    void a_session_that_is_closed_lets_go_of_its_provider_once() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);
        say(session, CountedAudio.chunks(5, 1));

        session.fail(new LiveFault(Why.CLOSED_BY_OPERATOR, "closed"));
        session.fail(new LiveFault(Why.KEY_REVOKED, "revoked"));

        until(() -> session.whenEnded().isDone());
        assertThat(client.why()).contains(Why.CLOSED_BY_OPERATOR);
        assertThat(first.aborted).hasValue(1);
    }

    @Test
    void what_was_said_before_a_session_is_closed_is_settled_told_and_stored() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);
        say(session, CountedAudio.chunks(3, 1));
        until(() -> !client.told.isEmpty());
        assertThat(client.words(0)).isEmpty();

        session.close(new LiveFault(Why.CLOSED_BY_OPERATOR, "closed"));

        until(() -> client.why().equals(Optional.of(Why.CLOSED_BY_OPERATOR)));
        assertThat(client.words(0)).isEqualTo(CountedAudio.words(1, 3));
        assertThat(stored.kept().heard().utterances())
                .extracting(Utterance::transcript)
                .containsExactly("word1 word2 word3");
    }

    @Test
    void a_provider_that_does_not_settle_holds_up_a_session_that_is_closed_for_a_moment_only() {
        first.neverEnds = true;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);
        say(session, CountedAudio.chunks(3, 1));

        session.close(new LiveFault(Why.HUB_STOPS, "stops"));

        await().atMost(Duration.ofSeconds(4)).until(() -> client.why().equals(Optional.of(Why.HUB_STOPS)));
        assertThat(stored.kept().warnings()).anyMatch(warning -> warning.contains("may not have been heard"));
    }

    /** The words of the phrases that a client asked for, each with where it ends. */
    private static List<String> askedFor(Client client) {
        return client.all(Heard.class).stream()
                .map(Heard::phrase)
                .filter(Phrase::asked)
                .map(phrase -> phrase.transcript() + " until " + phrase.end())
                .toList();
    }

    @Test
    void words_that_a_client_asks_for_follow_the_audio_that_is_still_on_its_way() {
        first.full = true;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(3, 1));
        session.settle();
        first.full = false;
        loop.execute(() -> first.legs.get(0).ready());

        until(() -> !askedFor(client).isEmpty());
        assertThat(askedFor(client)).containsExactly("word1 word2 word3 until 0.9");
        session.end();
    }

    @Test
    void words_that_a_client_asked_for_come_from_the_one_who_takes_over() {
        first.stallsAfter = 0.85;
        first.failsAfter = 1.5;
        Client client = new Client();
        LiveSession session = open(request(1, true), client, false);

        say(session, CountedAudio.chunks(3, 1));
        session.settle();
        say(session, CountedAudio.chunks(3, 1));

        until(() -> !askedFor(client).isEmpty());
        assertThat(askedFor(client)).containsExactly("word1 word2 word3 until 0.9");
        assertThat(client.all(ProviderChanged.class)).hasSize(1);
        session.end();
    }

    @Test
    void a_client_that_may_come_back_is_waited_for_when_nothing_comes_from_it() {
        settings = settings(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMillis(300));
        Client halfOpen = new Client();
        LiveSession session = open(request(1, true), halfOpen, true);
        List<byte[]> chunks = CountedAudio.chunks(10, 1);
        say(session, chunks.subList(0, 15));

        until(() -> halfOpen.why().equals(Optional.of(Why.SILENT)));
        session.lost(halfOpen);
        Client back = new Client();
        session.attach(back, 0);
        say(session, chunks.subList(15, chunks.size()));
        session.end();

        until(() -> back.transcript != null);
        assertThat(back.words(0)).isEqualTo(CountedAudio.words(1, 10));
    }

    @Test
    void a_stream_that_only_shows_signs_of_life_is_closed_in_the_end() {
        settings =
                settings(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(10), Duration.ofMillis(300));
        Client client = new Client();
        LiveSession session = open(request(1, true), client, true);

        until(() -> {
            session.keepAlive();
            return client.why().equals(Optional.of(Why.SILENT));
        });
        assertThat(Objects.requireNonNull(client.fault).message()).contains("no audio came");
    }

    @Test
    void one_who_takes_over_and_tells_no_words_apart_doubles_none() {
        first.undecidedOn = 0;
        first.failsAfter = 5.1;
        second.tellsWords = false;
        Client client = new Client();
        LiveSession session = open(request(2, true), client, false);

        say(session, CountedAudio.chunks(20, 2));
        session.end();

        until(() -> client.transcript != null);
        for (int channel = 0; channel < 2; channel++) {
            int of = channel;
            assertThat(String.join(
                            " ",
                            client.all(Heard.class).stream()
                                    .map(Heard::phrase)
                                    .filter(phrase -> phrase.settled() && phrase.channel() == of && !phrase.isSilence())
                                    .map(Phrase::transcript)
                                    .toList()))
                    .isEqualTo(String.join(" ", CountedAudio.words(100 * of + 1, 100 * of + 20)));
        }
    }

    @Test
    void another_hub_goes_on_with_a_session_and_loses_and_doubles_no_word() throws Exception {
        KeptHandovers handovers = new KeptHandovers();
        Client before = new Client();
        LiveSession session = open(request(2, true), before, true);
        List<byte[]> chunks = CountedAudio.chunks(20, 2);
        say(session, chunks.subList(0, 31));
        loop.submit(() -> {}).get();

        session.handOver(handovers::keep, new LiveFault(Why.HUB_STOPS, "stops"));
        until(() -> before.why().equals(Optional.of(Why.HUB_STOPS)));
        say(session, chunks.subList(31, 32));
        assertThat(session.whenEnded()).isDone();
        assertThat(stored.record).as("stored by the other hub").isNull();

        LiveHandover left = handovers.claim("acme", request(2, true).id()).orElseThrow();
        LiveSession resumed = LiveSession.goOn(left, loop, outside());
        Client back = new Client();
        resumed.attach(back, before.numbers.get(before.numbers.size() - 1));
        long received = loop.submit(resumed::received).get();
        assertThat(received).isEqualTo(31L * chunks.get(0).length);
        say(resumed, chunks.subList(31, chunks.size()));
        resumed.end();

        until(() -> back.transcript != null);
        for (int channel = 0; channel < 2; channel++) {
            List<String> words = new ArrayList<>(before.words(channel));
            words.addAll(back.words(channel));
            assertThat(words).isEqualTo(CountedAudio.words(100 * channel + 1, 100 * channel + 20));
        }
        assertThat(back.numbers).isSorted().allMatch(number -> number > before.numbers.get(before.numbers.size() - 1));
        assertThat(stored.kept().heard().duration()).isEqualTo(Duration.ofSeconds(6));
        assertThat(stored.kept().hearers()).containsOnlyKeys(new Hearer("first", "m"));
        assertThat(String.join(
                        " ",
                        stored.kept().heard().utterances().stream()
                                .filter(utterance -> utterance.channel() == 0)
                                .map(Utterance::transcript)
                                .toList()))
                .isEqualTo(String.join(" ", CountedAudio.words(1, 20)));
    }

    @Test
    void of_a_session_that_nobody_resumes_what_was_settled_remains() {
        KeptHandovers handovers = new KeptHandovers();
        Client client = new Client();
        LiveSession session = open(request(1, true), client, true);
        say(session, CountedAudio.chunks(10, 1));
        until(() -> client.words(0).size() == 6);

        session.handOver(handovers::keep, new LiveFault(Why.HUB_STOPS, "stops"));
        until(() -> session.whenEnded().isDone());

        LiveRecord left =
                handovers.claim("acme", request(1, true).id()).orElseThrow().record();
        assertThat(left.heard().utterances())
                .flatExtracting(Utterance::words)
                .extracting(Word::word)
                .isEqualTo(CountedAudio.words(1, 6));
        assertThat(left.hearers()).containsExactly(Map.entry(new Hearer("first", "m"), Duration.ofSeconds(3)));
        assertThat(left.warnings()).containsExactly("the last 1.0 s may not have been heard to their end");
    }

    @Test
    void a_session_that_cannot_be_left_to_another_hub_is_stored() {
        Client client = new Client();
        LiveSession session = open(request(1, true), client, true);
        say(session, CountedAudio.chunks(10, 1));
        until(() -> client.words(0).size() == 6);

        session.handOver(
                handover -> {
                    throw new IllegalStateException("the database is away");
                },
                new LiveFault(Why.HUB_STOPS, "stops"));

        until(() -> client.why().equals(Optional.of(Why.HUB_STOPS)));
        until(() -> session.whenEnded().isDone());
        assertThat(stored.kept().heard().utterances()).isNotEmpty();
    }
}
