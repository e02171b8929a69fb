package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.calls.CallLog;
import org.caravox.crm.CrmConnections;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.events.Events;
import org.caravox.jobs.Endings;
import org.caravox.jobs.Jobs;
import org.caravox.jobs.KeptRecordings;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.CaseRecorder.Kind;
import org.caravox.publishing.RouteCases.Result;
import org.caravox.publishing.RouteFiles;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.routes.cases.CaseRunner;
import org.caravox.routes.cases.StoredCases;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.Transcripts;
import org.caravox.usage.Budgets;
import org.caravox.usage.Ledger;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageMetrics;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

/** What really happened becomes a case that holds, and that tells of nobody. */
@SuppressWarnings("NullAway") // set by JUnit
class StoredCasesTest {

    private static final ObjectMapper JSON = Jackson2ObjectMapperBuilder.json().build();
    private static final String REQUEST =
            """
            {"id": "%s", "tenant": "%s", "userId": "anna.smith@acme.com", "audioDuration": 61.5, "priority": 5,
             "audioUrl": "https://files.acme.com/a.wav?sig=s3cr3t",
             "metadata": {"customerName": "Anna Smith", "phone": "+1 415 867 5309", "apiToken": "t0ps3cret"},
             "options": {}, "receivedAt": "2026-03-01T10:00:00Z"}""";

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    @TempDir
    private static Path folder;

    private static CaseRecorder recorder;

    private final String tenant = "tenant-" + RequestIds.next();
    private final UUID id = RequestIds.next();

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
        Flyway.configure().dataSource(postgres.getPostgresDatabase()).load().migrate();
        database = Jdbi.create(postgres.getPostgresDatabase());
        Events events = new Events(JSON, "events");
        Duration some = Duration.ofMinutes(1);
        recorder = new StoredCases(
                new CallLog(database, events, JSON, "hub-1", Clock.systemUTC()),
                new Jobs(
                        database,
                        JSON,
                        new AudioStore(new AudioSettings(folder, 1 << 20, some, 8, some), new DiskReserve(folder, 0)),
                        KeptRecordings.ON_DISK,
                        new Endings(null),
                        new TranscriptionMetrics(new SimpleMeterRegistry(), "here")),
                new Transcripts(database, JSON, ledger(), events),
                new DeliveryLog(database),
                new CrmConnections(List.of(), database),
                database,
                JSON);
    }

    private static Ledger ledger() {
        Currency euro = Currency.getInstance("EUR");
        return new Ledger(
                database,
                new Prices(euro, List.of()),
                new Budgets(database, name -> Optional.empty(), euro, Clock.systemUTC()),
                new UsageMetrics(new SimpleMeterRegistry(), false));
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    private void job(String status, String error) {
        database.useHandle(handle -> {
            handle.execute("insert into tenants values (?, 'whsec_', now())", tenant);
            handle.execute(
                    "insert into jobs (id, tenant, user_id, status, priority, request, error, created_at, due_at)"
                            + " values (?, ?, 'anna', ?, 5, cast(? as jsonb), ?, now(), now())",
                    id,
                    tenant,
                    status,
                    REQUEST.formatted(id, tenant),
                    error);
        });
    }

    private static void holds(String text) {
        RouteFiles files = RouteFiles.read(Path.of("..", "routes")).with("jobs/test/recorded.case.yaml", text);
        List<Result> results =
                new CaseRunner(CaseTests.surroundings()).run(files, files.without("jobs/test/recorded.case.yaml"));
        assertThat(results)
                .singleElement()
                .satisfies(result -> assertThat(result.failures()).as(text).isEmpty());
    }

    @Test
    void a_job_with_its_transcript() {
        job("completed", null);
        database.useHandle(handle -> handle.execute(
                "insert into transcripts (id, tenant, user_id, created_at, transcript, content)"
                        + " values (?, ?, 'anna', now(), 'x', cast(? as jsonb))",
                id,
                tenant,
                """
                {"id": "%s", "userId": "anna", "mode": "async", "provider": "vosk", "model": "en", "language": "en",
                 "duration": 61.5, "confidence": 0.9, "transcript": "this is anna smith my card is 4539148803436467",
                 "channels": [], "utterances": [], "createdAt": "2026-03-01T10:00:00Z"}"""
                        .formatted(id)));

        String text = recorder.record(Kind.JOB, id, tenant);

        assertThat(text)
                .contains("when: run-job", "!TranscriptionRequest", "this is Person 1 my card is 4111111111111111")
                .doesNotContain("acme.com", "867", "Smith", "smith", "t0ps3cret", "s3cr3t", "4539");
        holds(text);
    }

    @Test
    void a_job_that_failed() {
        job("failed", "speech-to-text failed: vosk timeout");

        holds(recorder.record(Kind.JOB, id, null));
    }

    @Test
    void a_delivery_of_a_webhook() {
        database.useHandle(handle -> {
            handle.execute("insert into tenants values (?, 'whsec_', now())", tenant);
            handle.execute(
                    "insert into events (id, tenant, type, subject, data)"
                            + " values (?, ?, 'job.completed', ?, '{\"userId\": \"+14158675309\"}')",
                    id,
                    tenant,
                    id);
            handle.execute(
                    "insert into deliveries (id, tenant, url, lane, event, seq, type, subject, status)"
                            + " values (?, ?, 'https://acme.com/hook', 'lane', ?, 1, 'job.completed', ?, 'delivered')",
                    id,
                    tenant,
                    id,
                    id);
        });

        String text = recorder.record(Kind.DELIVERY, id, tenant);

        assertThat(text).contains("when: deliver").doesNotContain("8675309", "acme.com");
        holds(text);
    }

    @Test
    void a_call() {
        database.useHandle(handle -> {
            handle.execute("insert into tenants values (?, 'whsec_', now())", tenant);
            handle.execute(
                    "insert into calls (id, tenant, user_id, direction, status, from_number, from_name, to_number, route,"
                            + " agent, sip_call_id, address, transport, headers, node, started_at, answered_at, ended_at)"
                            + " values (?, ?, 'u', 'inbound', 'ended', '+14158675309', 'Anna Smith', '1000',"
                            + " 'answer-with-agent', 'reception', 'c1', '203.0.113.1', 'udp', '{}', 'hub-1', now(), now(),"
                            + " now())",
                    id,
                    tenant);
        });

        String text = recorder.record(Kind.CALL, id, tenant);

        assertThat(text).contains("when: inbound-call", "answer-with-agent").doesNotContain("8675309", "Smith");
        holds(text);
    }

    @Test
    void what_is_somebody_elses_is_not_found() {
        job("failed", null);

        assertThatThrownBy(() -> recorder.record(Kind.JOB, id, "other")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> recorder.record(Kind.DELIVERY, id, null)).isInstanceOf(Refusal.class);
    }
}
