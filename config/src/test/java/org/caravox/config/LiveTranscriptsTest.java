package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.events.Events;
import org.caravox.live.HandoverTable;
import org.caravox.live.Hearer;
import org.caravox.live.LiveHandover;
import org.caravox.live.LiveRecord;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSteps;
import org.caravox.live.LiveTranscripts;
import org.caravox.providers.Use;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcripts;
import org.caravox.transcription.Utterance;
import org.caravox.usage.Budgets;
import org.caravox.usage.Ledger;
import org.caravox.usage.Price;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageMetrics;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What remains of a live stream, on a real PostgreSQL. */
class LiveTranscriptsTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();
    private static final Utterance HELLO = new Utterance(0, 0.5, 1.2, "hello there", List.of());

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final String tenant = "tenant-" + RequestIds.next();
    private final UUID stream = RequestIds.next();
    private final LiveTranscripts live = live();
    private Duration ahead = Duration.ZERO;

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

    @BeforeEach
    void begin() {
        database.useHandle(handle -> handle.execute("insert into tenants values (?, 'whsec_', now())", tenant));
    }

    private LiveTranscripts live() {
        Clock clock = Clock.systemUTC();
        Currency currency = Currency.getInstance("USD");
        Prices prices = new Prices(
                currency, List.of(new Price(Use.LIVE, "second", Price.ANY, new BigDecimal("0.6"), null, null, null)));
        Budgets budgets = new Budgets(database, name -> Optional.empty(), currency, clock);
        Ledger ledger = new Ledger(database, prices, budgets, new UsageMetrics(new SimpleMeterRegistry(), false));
        Events events = new Events(JSON, null);
        return new LiveTranscripts(
                database,
                new Transcripts(database, JSON, ledger, events),
                ledger,
                events,
                clock,
                () -> System.nanoTime() + ahead.toNanos());
    }

    private LiveRequest request() {
        return new LiveRequest(
                stream,
                tenant,
                new UUID(0, 1),
                "mary",
                "stream",
                new RawAudio(Encoding.LINEAR16, 16_000, 1),
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

    private void endpoint(String types) {
        database.useHandle(handle -> handle.execute(
                "insert into endpoints (id, tenant, kind, url, types) values (gen_random_uuid(), ?, 'webhook',"
                        + " 'https://example.com', '" + types + "')",
                tenant));
    }

    private List<String> texts(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql)
                .bind("tenant", tenant)
                .mapTo(String.class)
                .list());
    }

    @Test
    void the_transcript_is_stored_once_and_each_who_heard_it_is_paid() {
        endpoint("{transcript.ready}");
        LiveRecord ended = new LiveRecord(
                request(),
                new Heard("second", "m2", "en", Duration.ofSeconds(90), 1, List.of(HELLO)),
                Map.of(
                        new Hearer("first", "m1"), Duration.ofSeconds(40),
                        new Hearer("second", "m2"), Duration.ofSeconds(60)),
                List.of(),
                Optional.empty());

        live.store(ended);
        live.store(ended);

        assertThat(texts("select transcript || ' ' || (content ->> 'mode') from transcripts where tenant = :tenant"))
                .containsExactly("hello there stream");
        assertThat(texts("select use || ' ' || provider || ' ' || audio_ms || ' ' || coalesce(cost::text, 'unknown')"
                        + " from usage where tenant = :tenant order by provider"))
                .containsExactly("live first 40000 unknown", "live second 60000 0.6");
        assertThat(texts("select type from events where tenant = :tenant")).containsExactly("transcript.ready");
    }

    @Test
    void an_utterance_is_told_of_only_where_somebody_gets_it() {
        endpoint("{transcript.ready}");
        live.tell(request(), HELLO);
        assertThat(texts("select type from events where tenant = :tenant")).isEmpty();

        endpoint("{utterance.final}");
        ahead = Duration.ofSeconds(1); // so long a new endpoint may not be noticed
        live.tell(request(), HELLO);
        assertThat(texts("select data ->> 'transcript' from events where tenant = :tenant"))
                .containsExactly("hello there");
    }

    /** One whose client may come back for so many seconds. */
    private LiveHandover left(int waits) throws JsonProcessingException {
        String rest =
                """
                {"from": 32000, "audio": "AAAA", "channels": [{"settledUntil": 1, "marks": {}}],
                 "script": {"utterances": [{"channel": 0, "start": 0.5, "end": 1.2, "transcript": "hello there", "words": []}],
                            "open": [], "heardBy": [{"hearer": {"provider": "second", "model": "m2"}, "audio": "PT1S"}]},
                 "told": [{"number": 4, "event": {"event": "speech-started", "channel": 0, "channels": 1, "at": 0.5}}],
                 "number": 4, "wished": [], "last": {"provider": "second", "model": "m2"}, "language": "en",
                 "failOvers": 0, "warnings": [], "age": "PT2S", "waits": "PT%dS"}
                """
                        .formatted(waits);
        ObjectNode all = (ObjectNode) JSON.readTree(rest);
        all.set("request", JSON.valueToTree(request()));
        return JSON.treeToValue(all, LiveHandover.class);
    }

    private HandoverTable handovers() {
        return new HandoverTable(database, JSON, new LiveSteps() {
            @Override
            public LiveRequest opened(LiveRequest request) {
                return request;
            }

            @Override
            public void uttered(LiveRequest request, Utterance utterance) {}

            @Override
            public Transcript ended(LiveRecord ended) {
                return live.store(ended);
            }
        });
    }

    @Test
    void a_session_that_was_left_is_taken_once_and_by_its_tenant() throws JsonProcessingException {
        HandoverTable handovers = handovers();
        handovers.keep(left(30));

        handovers.storeExpired();
        assertThat(handovers.claim("another", stream)).isEmpty();
        assertThat(handovers.claim(tenant, stream).map(LiveHandover::request)).contains(request());
        assertThat(handovers.claim(tenant, stream)).isEmpty();
        assertThat(texts("select id::text from transcripts where tenant = :tenant"))
                .isEmpty();
    }

    @Test
    void a_session_that_nobody_takes_in_time_is_stored_once() throws JsonProcessingException {
        endpoint("{transcript.ready}");
        HandoverTable handovers = handovers();
        handovers.keep(left(0));

        assertThat(handovers.claim(tenant, stream)).isEmpty();
        handovers.storeExpired();
        handovers.storeExpired();

        assertThat(texts("select transcript from transcripts where tenant = :tenant"))
                .containsExactly("hello there");
        assertThat(texts("select audio_ms::text from usage where tenant = :tenant"))
                .containsExactly("1000");
        assertThat(texts("select type from events where tenant = :tenant")).containsExactly("transcript.ready");
        assertThat(texts("select session_id::text from live_handovers where tenant = :tenant"))
                .isEmpty();
    }

    @Test
    void a_session_that_cannot_be_read_holds_up_no_other_and_is_let_go_of_after_a_week()
            throws JsonProcessingException {
        UUID unreadable = RequestIds.next();
        database.useHandle(handle -> handle.execute(
                "insert into live_handovers values (?, ?, '{\"request\": 7}', now() - interval '1 hour', null)",
                unreadable,
                tenant));
        HandoverTable handovers = handovers();
        handovers.keep(left(0));

        handovers.storeExpired();

        assertThat(texts("select transcript from transcripts where tenant = :tenant"))
                .containsExactly("hello there");
        assertThat(texts("select session_id::text from live_handovers where tenant = :tenant"
                        + " and leased_until > now() + interval '30 minutes'"))
                .containsExactly(unreadable.toString());
        database.useHandle(handle -> handle.execute(
                "update live_handovers set expires_at = now() - interval '8 days', leased_until = null where tenant = ?",
                tenant));
        handovers.storeExpired();
        assertThat(texts("select session_id::text from live_handovers where tenant = :tenant"))
                .isEmpty();
    }
}
