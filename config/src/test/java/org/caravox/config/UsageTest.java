package org.caravox.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.audio.Encoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.audio.Recording;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.Dialogue;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.events.Events;
import org.caravox.jobs.Endings;
import org.caravox.jobs.JobLeases;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.KeptRecordings;
import org.caravox.jobs.LeasedWork;
import org.caravox.providers.Answered;
import org.caravox.providers.Attempt;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Models;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.providers.Use;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.Conversion;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechCache;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.SpeechSettings;
import org.caravox.speech.Spoken;
import org.caravox.speech.Voice;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptCache;
import org.caravox.transcription.TranscriptCache.CacheSettings;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Transcripts;
import org.caravox.usage.Assumed;
import org.caravox.usage.Budget;
import org.caravox.usage.Budget.Per;
import org.caravox.usage.Budgets;
import org.caravox.usage.Ledger;
import org.caravox.usage.Meter;
import org.caravox.usage.Price;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageMetrics;
import org.caravox.usage.UsageReports;
import org.caravox.usage.UsageReports.Group;
import org.caravox.usage.UsageReports.Sum;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What requests use is recorded once, and a budget holds, on a real PostgreSQL. A minute and a million cost 1 each. */
class UsageTest {

    private static final String PROVIDER = "somebody";
    private static final Instant FROM = Instant.EPOCH;
    private static final Instant TO = Instant.parse("2100-01-01T00:00:00Z");
    private static final BigDecimal ONE = BigDecimal.ONE;

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final ObjectMapper json = JsonMapper.builder().findAndAddModules().build();
    private String tenant = "tenant-" + RequestIds.next();
    private final Time time = new Time(Instant.parse("2026-11-21T23:00:00Z"));
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private Optional<Budget> budget = Optional.empty();
    private UsageReports reports;
    private Hub hub;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
        Flyway.configure().dataSource(postgres.getPostgresDatabase()).load().migrate();
        database = Jdbi.create(postgres.getPostgresDatabase());
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @TempDir
    private Path folder = Path.of("");

    private Path file = folder;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        file = Files.writeString(folder.resolve("recording.wav"), "a recording");
        reports = new UsageReports(database);
        hub = new Hub();
        database.useHandle(handle ->
                handle.execute("insert into tenants (id, webhook_secret, created_at) values (?, '', now())", tenant));
    }

    @Test
    void a_transcript_and_its_usage_are_recorded_once_however_often_they_are_recorded() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("10"), Per.DAY));
        Transcript transcript = hub.transcribe(request(Duration.ofSeconds(90)));

        hub.transcripts.record(tenant, transcript);
        hub.transcripts.record(tenant, transcript);

        Sum total = total();
        assertThat(total.requests()).isEqualTo(1);
        assertThat(total.audioSeconds()).isEqualTo(90);
        assertThat(total.cost()).isEqualByComparingTo("1.5");
        assertThat(standing().spent()).isEqualByComparingTo("1.5");
        assertThat(hub.transcripts.get(tenant, transcript.id())).isEqualTo(transcript);
        assertThat(metrics.counter("usage.audio.seconds", "use", "transcription", "provider", PROVIDER, "model", "m")
                        .count())
                .isEqualTo(90);
    }

    @Test
    void nothing_of_a_transcript_stays_when_its_transaction_fails() throws Exception {
        Transcript transcript = hub.transcribe(request(Duration.ofSeconds(60)));

        assertThatThrownBy(() -> database.useTransaction(handle -> {
                    hub.transcripts.record(handle, tenant, transcript);
                    throw new IllegalStateException("the worker was overtaken");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(total().requests()).isZero();
        assertThat(hub.transcripts.find(tenant, transcript.id())).isEmpty();
    }

    @Test
    void a_model_without_a_price_is_recorded_without_a_cost() throws Exception {
        hub.prices = new Prices(Currency.getInstance("EUR"), List.of());
        hub.open();

        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));

        assertThat(total().unpriced()).isEqualTo(1);
        assertThat(total().cost()).isZero();
    }

    @Test
    void a_hundred_requests_at_a_time_never_overspend() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("7.5"), Per.MONTH));

        List<Boolean> served = atOnce(100, () -> {
            hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
            return true;
        });

        assertThat(served.stream().filter(yes -> yes)).hasSize(7);
        assertThat(total().cost()).isEqualByComparingTo("7");
        assertThat(standing().spent()).isEqualByComparingTo("7");
        assertThat(standing().reserved()).isZero();
    }

    @Test
    void a_hundred_requests_of_two_hubs_with_lives_of_their_own_never_overspend() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        budget = Optional.of(new Budget(new BigDecimal("5"), Per.DAY));
        Hub other = new Hub();
        Queue<Hub> hubs = new java.util.concurrent.ConcurrentLinkedQueue<>();
        for (int i = 0; i < 100; i++) {
            hubs.add(i % 2 == 0 ? hub : other);
        }

        List<Boolean> served = atOnce(100, () -> {
            Hub mine = hubs.remove();
            mine.transcripts.record(tenant, mine.transcribe(request(Duration.ofSeconds(60))));
            return true;
        });

        assertThat(served.stream().filter(yes -> yes)).hasSize(4);
        assertThat(total().cost()).isEqualByComparingTo("5");
    }

    /** Runs it so often at the same time; says of each whether it was within the budget. */
    private static List<Boolean> atOnce(int times, Callable<Boolean> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            Callable<Boolean> orRefused = () -> {
                try {
                    return work.call();
                } catch (Refusal refusal) {
                    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.OVER_BUDGET);
                    return false;
                }
            };
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(java.util.Collections.nCopies(times, orRefused))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_refusal_names_the_budget_what_is_spent_and_when_it_renews() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("2.50"), Per.MONTH));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        hub.transcribe(request(Duration.ofSeconds(60)));

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class)
                .hasMessage("over the budget of 2.5 EUR a month: 1 EUR spent, 1 EUR reserved for requests under way,"
                        + " and this one may cost 1 EUR; it renews at 2026-12-01T00:00:00Z");
    }

    @Test
    void the_budget_of_a_day_renews_at_midnight() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.DAY));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class);

        time.pass(Duration.ofHours(1));

        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        assertThat(standing().spent()).isEqualByComparingTo(ONE);
    }

    @Test
    void what_was_spent_before_there_was_a_budget_counts() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));

        budget = Optional.of(new Budget(ONE, Per.DAY));

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(6)))).isInstanceOf(Refusal.class);
    }

    @Test
    void reservations_of_a_hub_that_crashed_expire() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.transcribe(request(Duration.ofSeconds(60)));
        assertThat(standing().reserved()).isEqualByComparingTo(ONE);
        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class);

        time.pass(Duration.ofMinutes(16));

        assertThat(standing().reserved()).isZero();
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        hub.budgets.clean();
        assertThat(reservations()).isZero();
    }

    @Test
    void a_job_that_is_taken_over_takes_over_its_reservation() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        TranscriptionRequest job = request(Duration.ofSeconds(60));
        hub.transcribe(job);

        hub.transcripts.record(tenant, new Hub().transcribe(job));

        assertThat(standing().spent()).isEqualByComparingTo(ONE);
        assertThat(reservations()).isZero();
    }

    @Test
    void a_job_that_was_called_off_after_its_answer_is_recorded_without_its_transcript() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        TranscriptionRequest job = request(Duration.ofSeconds(60));
        Transcript transcript = hub.transcribe(job);
        Thread.currentThread().interrupt();

        jobLeases().complete(new LeasedWork.Lease(job.id(), 1, job), transcript);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(total().cost()).isEqualByComparingTo(ONE);
        assertThat(standing().spent()).isEqualByComparingTo(ONE);
        assertThat(reservations()).isZero();
        assertThat(hub.transcripts.find(tenant, job.id())).isEmpty();
    }

    private JobLeases jobLeases() throws IOException {
        Duration some = Duration.ofMinutes(1);
        return new JobLeases(
                database,
                json,
                new JobSettings("node", some, 1, some, some, 0, some, some),
                hub.transcripts,
                new Endings(null),
                new AudioStore(
                        new AudioSettings(folder.resolve("audio"), 1 << 20, some, 8, some), new DiskReserve(folder, 0)),
                KeptRecordings.ON_DISK,
                new TranscriptionMetrics(metrics, "here"),
                time);
    }

    @Test
    void a_request_that_fails_costs_nothing_and_reserves_nothing() {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.transcriber.failing = true;

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(NobodyAnswered.class);

        assertThat(reservations()).isZero();
        assertThat(total().requests()).isZero();
    }

    @Test
    void a_recording_of_unknown_length_is_taken_to_be_as_long_as_is_set() {
        budget = Optional.of(new Budget(new BigDecimal("9.9"), Per.MONTH));

        assertThatThrownBy(() -> hub.transcribe(request(null)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("may cost 10 EUR");
    }

    @Test
    void a_whole_message_is_recorded_with_the_providers_own_count() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));

        hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time));

        assertThat(total().inputTokens()).isEqualTo(30);
        assertThat(total().outputTokens()).isEqualTo(20);
        assertThat(total().cost()).isEqualByComparingTo("0.00005");
        assertThat(reservations()).isZero();
    }

    @Test
    void a_message_is_reserved_with_as_many_tokens_as_it_may_have() {
        budget = Optional.of(new Budget(new BigDecimal("0.000501"), Per.MONTH));

        assertThatThrownBy(() -> hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("may cost 0.000502 EUR");
    }

    private enum End {
        WHOLE,
        CUT_BY_PROVIDER,
        CALLER_GONE,
        CLOSED_UNREAD
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void a_stream_is_recorded_once_with_what_was_delivered(End end) throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.model.breaksOff = end == End.CUT_BY_PROVIDER;
        Patience patience = Patience.of(Duration.ofMinutes(1), time);

        Answered<ReplyStream> answered = hub.dialogue.stream(chat(), patience);
        try (ReplyStream stream = answered.value()) {
            if (end == End.WHOLE) {
                while (stream.next().isPresent()) {
                    assertThat(total().requests()).isZero();
                }
            } else if (end != End.CLOSED_UNREAD) {
                stream.next();
                if (end == End.CALLER_GONE) {
                    patience.hangUp().hangUp();
                } else {
                    assertThatThrownBy(stream::next).isInstanceOf(IOException.class);
                }
            }
        }

        Sum total = total();
        assertThat(total.requests()).isEqualTo(1);
        assertThat(total.inputTokens()).isEqualTo(end == End.WHOLE ? 30 : 2);
        assertThat(total.outputTokens()).isEqualTo(end == End.WHOLE ? 20 : end == End.CLOSED_UNREAD ? 0 : 3);
        assertThat(reservations()).isZero();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void speech_is_recorded_once_with_its_characters(End end) throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        SpeechRequest request = speech();

        Answered<Spoken> answered = hub.speech.speak(request, Patience.of(Duration.ofMinutes(1), time));
        try (Spoken spoken = answered.value()) {
            if (end == End.WHOLE) {
                spoken.audio().readAllBytes();
            } else if (end != End.CLOSED_UNREAD) {
                spoken.audio().read();
            }
        }

        assertThat(total().requests()).isEqualTo(1);
        assertThat(total().characters()).isEqualTo(6);
        assertThat(total().cost()).isEqualByComparingTo("0.000006");
        assertThat(reservations()).isZero();
    }

    @Test
    void what_was_spoken_before_costs_nothing() throws Exception {
        for (int i = 0; i < 2; i++) {
            Answered<Spoken> answered = hub.speech.speak(speech(), Patience.of(Duration.ofMinutes(1), time));
            try (Spoken spoken = answered.value()) {
                spoken.audio().readAllBytes();
            }
        }

        assertThat(total().requests()).isEqualTo(2);
        assertThat(total().cachedRequests()).isEqualTo(1);
        assertThat(total().cost()).isEqualByComparingTo("0.000006");
    }

    private SpeechRequest speech() {
        return new SpeechRequest(
                RequestIds.next(),
                tenant,
                null,
                null,
                null,
                "gr\u00fc\u00df \uD83D\uDE00",
                null,
                null,
                null,
                AudioFormat.pcm(8000));
    }

    @Test
    void usage_is_added_up_by_day_use_provider_and_model() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        time.pass(Duration.ofHours(2));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(30))));
        hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time));

        List<Sum> rows = reports.sums(tenant, FROM, TO, Set.of(Group.DAY, Group.USE, Group.PROVIDER, Group.MODEL));

        assertThat(rows)
                .extracting(Sum::day, Sum::use, Sum::audioSeconds)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("2026-11-21", "transcription", 60.0),
                        org.assertj.core.groups.Tuple.tuple("2026-11-22", "dialogue", 0.0),
                        org.assertj.core.groups.Tuple.tuple("2026-11-22", "transcription", 30.0));
        assertThat(reports.sums("another", FROM, TO, Set.of(Group.USE))).isEmpty();
    }

    private Sum total() {
        return reports.total(tenant, FROM, TO);
    }

    private Budgets.Standing standing() {
        return hub.budgets.standing(tenant).orElseThrow();
    }

    private long reservations() {
        return database.withHandle(
                handle -> handle.select("select count(*) from budget_reservations where tenant = ?", tenant)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void the_same_recording_is_transcribed_once_where_that_is_wished_for() throws Exception {
        Options cache = new Options(Map.of(Option.CACHE, List.of("true")));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60), cache)));
        TranscriptionRequest again = request(Duration.ofSeconds(60), cache);

        Transcript answer = hub.transcribe(again);
        hub.transcripts.record(tenant, answer);

        assertThat(answer.cached()).isTrue();
        assertThat(answer.id()).isEqualTo(again.id());
        assertThat(total().requests()).isEqualTo(2);
        assertThat(total().cachedRequests()).isEqualTo(1);
        assertThat(total().cost()).isEqualByComparingTo(ONE);
    }

    @Test
    void another_recording_other_options_another_tenant_and_another_day_are_transcribed_anew() throws Exception {
        Options cache = new Options(Map.of(Option.CACHE, List.of("true")));
        Options others = new Options(Map.of(Option.CACHE, List.of("true"), Option.KEYTERM, List.of("caravox")));
        hub.transcribe(request(Duration.ofSeconds(60), cache));

        assertTranscribedAnew(Options.NONE);
        assertTranscribedAnew(others);
        Files.writeString(file, "another recording");
        assertTranscribedAnew(cache);
        Files.writeString(file, "a recording");
        time.pass(Duration.ofHours(25));
        assertTranscribedAnew(cache);
        tenant = "another-" + RequestIds.next();
        assertTranscribedAnew(cache);
    }

    private void assertTranscribedAnew(Options options) throws InterruptedException {
        assertThat(hub.transcribe(request(Duration.ofSeconds(60), options)).cached())
                .isNull();
    }

    private TranscriptionRequest request(@Nullable Duration length) {
        return request(length, Options.NONE);
    }

    private TranscriptionRequest request(@Nullable Duration length, Options options) {
        return new TranscriptionRequest(
                RequestIds.next(),
                tenant,
                "u",
                null,
                null,
                null,
                length,
                null,
                null,
                null,
                options,
                5,
                null,
                null,
                time.instant());
    }

    /** Eight characters, which are two tokens, and up to 500 tokens in answer. */
    private ChatRequest chat() {
        ObjectNode body = json.createObjectNode().put("max_tokens", 500);
        body.putArray("messages").addObject().put("role", "user").put("content", "12345678");
        return new ChatRequest(RequestIds.next(), tenant, null, body);
    }

    /** What a running hub is made of, as far as usage goes. */
    private final class Hub {
        private final Recogniser transcriber = new Recogniser();
        private final Writer model = new Writer();
        private Prices prices = new Prices(
                Currency.getInstance("EUR"),
                List.of(
                        new Price(Use.TRANSCRIPTION, PROVIDER, "*", ONE, null, null, null),
                        new Price(Use.DIALOGUE, PROVIDER, "*", null, ONE, ONE, null),
                        new Price(Use.SPEECH, PROVIDER, "m", null, null, null, ONE)));
        private Budgets budgets;
        private Transcripts transcripts;
        private TranscriptCache cache;
        private Transcription transcription;
        private Dialogue dialogue;
        private Speech speech;

        Hub() throws IOException, InterruptedException {
            open();
        }

        void open() throws IOException, InterruptedException {
            budgets = new Budgets(database, name -> budget, prices.currency(), time);
            Ledger ledger = new Ledger(database, prices, budgets, new UsageMetrics(metrics, false));
            Meter meter = new Meter(ledger::record, budgets, prices, new Assumed(Duration.ofMinutes(10), 1000), time);
            transcripts = new Transcripts(database, json, ledger, new Events(json, null));
            cache = new TranscriptCache(database, json, new CacheSettings(false, Duration.ofHours(24)), time);
            transcription = new Transcription(chain(Use.TRANSCRIPTION, (Transcriber) transcriber), cache, meter, time);
            dialogue = new Dialogue(chain(Use.DIALOGUE, (LanguageModel) model), meter);
            speech = new Speech(
                    chain(Use.SPEECH, (Voice) new Speaker()),
                    new Conversion(new Encoder(Ffmpeg.bundled())),
                    new SpeechCache(folder.resolve("speech"), 1_000_000, 0, json),
                    new SpeechSettings(1000, ""),
                    meter,
                    time);
        }

        private <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, P provider) {
            return new Chain<>(
                    use,
                    List.of(provider),
                    name -> new LineSettings(1000, Duration.ofMinutes(10)),
                    name -> ChainSettings.of(PROVIDER),
                    (of, name, whose) -> Optional.empty(),
                    new Lines(BreakerSettings.USUAL, metrics, time),
                    metrics,
                    RandomGenerator.getDefault());
        }

        Transcript transcribe(TranscriptionRequest request) throws InterruptedException {
            return transcription.transcribe(
                    request, new OnDisk(file), Listening.forCaller(Patience.of(Duration.ofMinutes(10), time)));
        }
    }

    /** A provider that needs no credential and takes everything. */
    private interface Somebody<R extends Request> extends Provider<R> {
        @Override
        default String provider() {
            return PROVIDER;
        }

        @Override
        default Models models() {
            return Models.of("m");
        }

        @Override
        default boolean needsCredential() {
            return false;
        }

        @Override
        default Optional<String> refuses(R request) {
            return Optional.empty();
        }

        @Override
        default Set<String> cannot(R request) {
            return Set.of();
        }
    }

    private static final class Recogniser implements Somebody<TranscriptionRequest>, Transcriber {
        private boolean failing;

        @Override
        public Set<Option> honours() {
            return Set.of();
        }

        @Override
        public Set<String> cannot(TranscriptionRequest request) {
            return Set.of();
        }

        @Override
        public Heard transcribe(
                TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
                throws IOException {
            if (failing) {
                throw new IOException("broken off");
            }
            Duration length = requireNonNull(request.audioDuration());
            return new Heard(PROVIDER, attempt.model(), "en", length, 1, List.of());
        }
    }

    /** It counts 30 and 20 tokens at the end; until then it says nothing. */
    private final class Writer implements Somebody<ChatRequest>, LanguageModel {
        private boolean breaksOff;

        @Override
        public Reply reply(ChatRequest request, Attempt attempt) {
            return new Reply(PROVIDER, "m-2026", json.createArrayNode(), new Tokens(30, 20), true);
        }

        @Override
        public ReplyStream stream(ChatRequest request, Attempt attempt) {
            Queue<ArrayNode> pieces = new ArrayDeque<>(List.of(piece("0123456789"), piece("!")));
            return new ReplyStream() {
                private boolean ended;

                @Override
                public String provider() {
                    return PROVIDER;
                }

                @Override
                public String model() {
                    return "m-2026";
                }

                @Override
                public Optional<ArrayNode> next() throws IOException {
                    if (breaksOff && pieces.size() == 1) {
                        throw new IOException("broken off");
                    }
                    ended = pieces.isEmpty();
                    return Optional.ofNullable(pieces.poll());
                }

                @Override
                public Tokens tokens() {
                    return ended ? new Tokens(30, 20) : new Tokens(0, 0);
                }

                @Override
                public boolean counted() {
                    return true;
                }

                @Override
                public void close() {}
            };
        }

        private ArrayNode piece(String text) {
            ArrayNode choices = json.createArrayNode();
            choices.addObject().putObject("delta").put("content", text);
            return choices;
        }
    }

    private static final class Speaker implements Somebody<SpeechRequest>, Voice {
        @Override
        public AudioFormat delivers(AudioFormat wanted) {
            return wanted;
        }

        @Override
        public Spoken speak(SpeechRequest request, Attempt attempt) {
            return new Spoken(PROVIDER, attempt.model(), request.format(), new ByteArrayInputStream(new byte[100]));
        }
    }

    private record OnDisk(Path file) implements RecordingSource {
        @Override
        public Optional<URI> url() {
            return Optional.empty();
        }

        @Override
        public Recording recording() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Time extends Clock {
        private volatile Instant now;

        Time(Instant now) {
            this.now = now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
