package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A door and a worker that share a database and RabbitMQ, but no disk: uploads go through the database. */
class UploadsForWorkersTest {

    private static final String STATION = "deepgram";

    private static String database;
    private static FakeProviders fakes;
    private static RunningHub door;
    private static RunningHub worker;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        Services services = Services.running();
        database = services.createDatabase("uploads");
        String virtualHost = services.createVirtualHost("uploads");
        fakes = FakeProviders.start(0);
        door = start(services, virtualHost, true);
        worker = start(services, virtualHost, false);
        caller = door.newTenant();
    }

    private static RunningHub start(Services services, String virtualHost, boolean isDoor) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("spring.profiles.active", "cluster");
        settings.put("spring.datasource.url", database);
        settings.put("spring.rabbitmq.addresses", "127.0.0.1:" + services.port(Service.RABBITMQ));
        settings.put("spring.rabbitmq.virtual-host", virtualHost);
        settings.put("caravox.roles.door", Boolean.toString(isDoor));
        settings.put("caravox.roles.worker", Boolean.toString(!isDoor));
        settings.put("caravox.jobs.attempts", "1");
        settings.put("caravox.breakers.open-for", "1ms");
        settings.put("caravox.breakers.busy-for", "1ms");
        settings.put("caravox.secrets.deepgram", "dg-secret");
        settings.put(
                "caravox.transcription.providers.deepgram.base-url",
                fakes.base(STATION).toString());
        settings.put("caravox.transcription.chain.links[0].provider", "deepgram");
        return RunningHub.start(Files.createTempDirectory("caravox-uploads-"), settings);
    }

    @AfterAll
    static void stop() {
        if (worker != null) {
            worker.closeAndForget();
        }
        if (door != null) {
            door.closeAndForget();
        }
        if (fakes != null) {
            fakes.close();
        }
    }

    @BeforeEach
    void clear() {
        fakes.reset();
    }

    @Test
    void an_upload_reaches_the_worker_and_is_nowhere_any_more_when_its_transcript_is() {
        byte[] recording = Wav.silence(120, 16000); // several parts

        String job = caller.submit(recording, Map.of());

        assertThat(caller.awaitEnd(job).member("status")).isEqualTo("completed");
        assertThat(fakes.requests(STATION)).hasSize(1);
        assertThat(fakes.requests(STATION).get(0).bodyBytes()).isEqualTo(recording.length);
        assertThat(parts(job)).isZero();
        assertThat(recordings(door)).isEmpty();
        await().atMost(Duration.ofSeconds(5)).until(() -> recordings(worker).length == 0);
    }

    @Test
    void an_upload_whose_job_failed_is_kept_for_a_retry() {
        fakes.script(STATION, new Rule().kind(Kind.SERVER_ERROR));
        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of());
        assertThat(caller.awaitEnd(job).member("status")).isEqualTo("failed");
        assertThat(parts(job)).isPositive();
        await().atMost(Duration.ofSeconds(5)).until(() -> recordings(worker).length == 0);

        fakes.reset();
        caller.post("/jobs/" + job + "/retry").expect(202);

        assertThat(caller.awaitEnd(job).member("status")).isEqualTo("completed");
        assertThat(parts(job)).isZero();
    }

    @Test
    void a_recording_of_which_a_part_is_missing_fails_with_a_sentence_that_says_so() throws SQLException {
        fakes.script(STATION, new Rule().kind(Kind.SERVER_ERROR));
        String job = caller.submit(Wav.silence(120, 16000), Map.of());
        caller.awaitEnd(job);
        change("delete from job_recordings where part = 2 and job = '" + job + "'");

        fakes.reset();
        caller.post("/jobs/" + job + "/retry").expect(202);

        Answer ended = caller.awaitEnd(job);
        assertThat(ended.member("status")).isEqualTo("failed");
        assertThat(ended.member("fault")).isEqualTo("hub");
        assertThat(ended.member("error")).contains("is lost", "part 3 of");
        await().atMost(Duration.ofSeconds(5)).until(() -> recordings(worker).length == 0);
    }

    private static String[] recordings(RunningHub hub) {
        String[] names = hub.data().resolve("audio").toFile().list();
        return names == null ? new String[0] : names;
    }

    private static long parts(String job) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select count(*) from job_recordings where job = '" + job + "'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void change(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(database, Services.USER, Services.PASSWORD);
    }
}
