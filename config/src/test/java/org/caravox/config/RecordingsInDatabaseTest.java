package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.jobs.RecordingsInDatabase;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that wait in the database come back as they went in, or say that they are lost. */
class RecordingsInDatabaseTest {

    private static final int PART = 512 * 1024;

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    @TempDir
    private Path folder = Path.of("");

    private final UUID job = UUID.randomUUID();
    private AudioStore audio;
    private RecordingsInDatabase recordings;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
        DataSource source = postgres.getPostgresDatabase();
        Flyway.configure().dataSource(source).load().migrate();
        database = Jdbi.create(source);
        database.useHandle(handle -> handle.execute(
                "insert into tenants (id, webhook_secret, created_at) values ('acme', 'whsec_', now())"));
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        audio = store(0);
        recordings = new RecordingsInDatabase(database, audio);
        database.useHandle(handle -> handle.execute(
                "insert into jobs (id, tenant, user_id, status, priority, request, created_at, due_at)"
                        + " values (?, 'acme', 'u', 'queued', 5, '{}', now(), now())",
                job));
    }

    private AudioStore store(long reserve) throws IOException {
        Duration some = Duration.ofMinutes(1);
        return new AudioStore(
                new AudioSettings(folder.resolve("audio"), 1 << 30, some, 8, some), new DiskReserve(folder, reserve));
    }

    private byte[] keep(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        audio.keep(job, new ByteArrayInputStream(bytes), Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()));
        database.useTransaction(handle -> recordings.keep(handle, job));
        audio.drop(job);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, PART - 1, PART, PART + 1, 3 * PART + 17})
    void a_recording_comes_back_as_it_went_in(int size) throws IOException {
        byte[] bytes = keep(size);

        recordings.fetch(job);

        assertThat(audio.file(job)).hasBinaryContent(bytes);
    }

    @Test
    void one_that_is_on_the_disk_is_not_fetched() throws IOException {
        keep(100);
        Files.writeString(audio.file(job), "here");

        recordings.fetch(job);

        assertThat(audio.file(job)).hasContent("here");
    }

    @Test
    void one_of_which_a_part_is_missing_is_lost_and_leaves_nothing_behind() throws IOException {
        keep(3 * PART);
        database.useHandle(handle -> handle.execute("delete from job_recordings where job = ? and part = 2", job));

        assertThatThrownBy(() -> recordings.fetch(job))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is lost: part 3 of 3");
        assertThat(folder.resolve("audio")).isEmptyDirectory();
    }

    @Test
    void one_that_was_dropped_is_lost() throws IOException {
        keep(PART);
        database.useTransaction(handle -> recordings.drop(handle, List.of(job)));

        assertThatThrownBy(() -> recordings.fetch(job)).hasMessageContaining("is not in the database");
    }

    @Test
    void it_goes_with_its_job() throws IOException {
        keep(PART);

        database.useHandle(handle -> handle.execute("delete from jobs where id = ?", job));

        assertThatThrownBy(() -> recordings.fetch(job)).hasMessageContaining("is not in the database");
    }

    @Test
    void a_disk_that_is_nearly_full_takes_none() throws IOException {
        keep(PART);
        audio = store(Long.MAX_VALUE);
        recordings = new RecordingsInDatabase(database, audio);

        assertThatThrownBy(() -> recordings.fetch(job))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.mayPass()).isTrue())
                .hasMessageContaining("disk is nearly full");
        assertThat(folder.resolve("audio")).isEmptyDirectory();
    }
}
