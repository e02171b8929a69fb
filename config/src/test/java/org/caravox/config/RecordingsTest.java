package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.events.Events;
import org.caravox.jobs.KeptRecordings;
import org.caravox.jobs.RecordingsInDatabase;
import org.caravox.recordings.AudioArchive;
import org.caravox.recordings.AudioRecorders;
import org.caravox.recordings.Recorder;
import org.caravox.recordings.RecordingSource;
import org.caravox.recordings.RecordingSource.Kind;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audio of streams that are recorded, on a real disk and a real PostgreSQL. */
class RecordingsTest {

    private static final RawAudio LINEAR = new RawAudio(Encoding.LINEAR16, 8_000, 1);
    private static final RawAudio MULAW = new RawAudio(Encoding.MULAW, 8_000, 1);
    private static final int HEADER = 44;
    private static final long LARGEST = 1 << 20;

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    @TempDir
    private Path folder = Path.of("");

    private final String tenant = "tenant-" + RequestIds.next();
    private final RecordingSource source = new RecordingSource(tenant, Kind.LIVE, RequestIds.next(), "mary");
    private static final int MEMORY = 16 * 1024 * 1024;

    private final List<AudioRecorders> open = new ArrayList<>();
    private AudioArchive archive;
    private AudioRecorders recorders;

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
    void begin() throws IOException {
        database.useHandle(handle -> handle.execute("insert into tenants values (?, 'whsec_', now())", tenant));
        database.useHandle(handle -> handle.execute(
                "insert into endpoints (id, tenant, kind, url) values (gen_random_uuid(), ?, 'webhook', 'https://e.com')",
                tenant));
        archive = onDisk("one", 0);
        recorders = recorders(archive);
    }

    @AfterEach
    void close() {
        open.forEach(AudioRecorders::close);
    }

    private AudioRecorders recorders(AudioArchive into) {
        AudioRecorders made = new AudioRecorders(into, LARGEST, MEMORY);
        open.add(made);
        return made;
    }

    private AudioStore store(String hub, long reserve) throws IOException {
        Duration some = Duration.ofMinutes(1);
        return new AudioStore(
                new AudioSettings(folder.resolve(hub), 1 << 30, some, 8, some), new DiskReserve(folder, reserve));
    }

    private AudioArchive onDisk(String hub, long reserve) throws IOException {
        return archive(store(hub, reserve), KeptRecordings.ON_DISK);
    }

    private AudioArchive inDatabase(String hub) throws IOException {
        AudioStore store = store(hub, 0);
        return archive(store, new RecordingsInDatabase(database, store, "recording_parts", "recording"));
    }

    private static AudioArchive archive(AudioStore store, KeptRecordings places) {
        return new AudioArchive(
                database, store, places, new Events(JsonMapper.builder().build(), null));
    }

    private static byte[] audio(int bytes, int value) {
        byte[] audio = new byte[bytes];
        Arrays.fill(audio, (byte) value);
        return audio;
    }

    private void record(Recorder recorder, int packets) {
        for (int i = 0; i < packets; i++) {
            recorder.hear(audio(320, i));
        }
        recorder.end();
    }

    private List<String> told() {
        return database.withHandle(handle -> handle.createQuery(
                        "select type || ' ' || subject || ' ' || (data ->> 'duration') || ' ' || coalesce(data ->> 'lost',"
                                + " '-') || ' ' || (data ->> 'link') from events where tenant = :tenant")
                .bind("tenant", tenant)
                .mapTo(String.class)
                .list());
    }

    private byte[] saved(AudioArchive from) throws IOException {
        await().atMost(Duration.ofSeconds(20)).until(() -> !told().isEmpty());
        return Files.readAllBytes(from.file(tenant, Kind.LIVE, source.id()));
    }

    private List<Path> files(String hub) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(hub))) {
            return files.toList();
        }
    }

    @Test
    void what_was_heard_is_one_wav_file_that_is_told_of_once_it_is_whole() throws IOException {
        record(recorders.begin(source, LINEAR), 500);

        byte[] wav = saved(archive);
        assertThat(wav).hasSize(HEADER + 500 * 320);
        assertThat(Arrays.copyOf(wav, HEADER)).isEqualTo(LINEAR.wavHeader(500 * 320));
        for (int i = 0; i < 500; i++) {
            assertThat(wav[HEADER + i * 320]).isEqualTo((byte) i);
        }
        assertThat(told())
                .containsExactly("recording.saved " + source.id() + " 10.0 - /transcripts/" + source.id() + "/audio");
    }

    @Test
    void a_pause_is_silence_in_either_coding() throws IOException {
        Recorder recorder = recorders.begin(source, MULAW);
        recorder.hear(audio(8_000, 1));
        recorder.pause(100_000);
        recorder.end();

        byte[] wav = saved(archive);
        assertThat(wav).hasSize(HEADER + 108_000);
        assertThat(wav[HEADER + 7_999]).isEqualTo((byte) 1);
        assertThat(Arrays.copyOfRange(wav, HEADER + 8_000, wav.length)).containsOnly(0xFF);
    }

    @Test
    void a_pause_at_the_end_is_as_long_as_it_was() throws IOException {
        Recorder recorder = recorders.begin(source, LINEAR);
        recorder.hear(audio(20_000, 1));
        recorder.pause(20_000);
        recorder.end();

        assertThat(saved(archive)).hasSize(HEADER + 40_000).endsWith(new byte[20_000]);
    }

    @Test
    void what_comes_after_the_largest_size_is_not_recorded() throws IOException {
        Recorder recorder = recorders.begin(source, LINEAR);
        for (long heard = 0; heard < 2 * LARGEST; heard += 4096) {
            recorder.hear(audio(4096, 7));
        }
        recorder.end();

        assertThat(saved(archive)).hasSize(HEADER + (int) LARGEST);
    }

    @Test
    void nothing_is_kept_on_a_disk_that_is_full() throws IOException {
        AudioArchive full = onDisk("full", Long.MAX_VALUE);
        AudioRecorders to = recorders(full);

        record(to.begin(source, LINEAR), 500);
        to.close();

        assertThat(files("full")).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void what_is_dropped_leaves_nothing() throws IOException {
        Recorder recorder = recorders.begin(source, LINEAR);
        recorder.hear(audio(100_000, 1));
        recorder.drop();
        recorders.close();

        assertThat(files("one")).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void a_slow_disk_costs_audio_and_not_memory_and_the_times_stay_true() throws IOException {
        AudioRecorders slow = new AudioRecorders(archive, 1L << 31, MEMORY);
        open.add(slow);
        Recorder recorder = slow.begin(source, LINEAR);
        byte[] packet = audio(64 * 1024, 1);
        for (int i = 0; i < 2_000; i++) {
            recorder.hear(packet); // far faster than any disk
        }
        recorder.end();

        byte[] wav = saved(archive);
        assertThat(wav).hasSize(HEADER + 2_000 * packet.length);
        assertThat(told().get(0)).doesNotContain(" - ");
    }

    @Test
    void what_waits_for_the_disk_is_bounded_for_all_together() throws IOException {
        int most = 32 * 1024;
        AudioRecorders small = new AudioRecorders(archive, LARGEST, most);
        open.add(small);
        Recorder other = small.begin(new RecordingSource(tenant, Kind.LIVE, RequestIds.next(), "u"), LINEAR);
        other.hear(audio(12_000, 1)); // waits for more
        Recorder recorder = small.begin(source, LINEAR);
        recorder.hear(audio(most, 2));
        recorder.end();

        assertThat(saved(archive)).hasSize(HEADER + most).endsWith(new byte[most]);
        assertThat(told().get(0)).doesNotContain(" - ");
        other.end();
        await().atMost(Duration.ofSeconds(20)).until(() -> told().size() == 2);
        Recorder next = small.begin(new RecordingSource(tenant, Kind.LIVE, RequestIds.next(), "u"), LINEAR);
        next.hear(audio(most, 3)); // all of it is free again
        next.end();
        await().atMost(Duration.ofSeconds(20)).until(() -> told().size() == 3);
        assertThat(told().get(2)).contains(" - ");
    }

    @Test
    void nobody_else_gets_it() {
        record(recorders.begin(source, LINEAR), 100);
        await().atMost(Duration.ofSeconds(20)).until(() -> !told().isEmpty());

        assertThatThrownBy(() -> archive.file("stranger", Kind.LIVE, source.id()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("not found");
        assertThatThrownBy(() -> archive.file(tenant, Kind.CALL, source.id())).hasMessageContaining("not found");
    }

    @Test
    void in_the_database_it_is_there_for_every_hub() throws IOException {
        AudioArchive here = inDatabase("here");
        AudioArchive there = inDatabase("there");

        record(recorders(here).begin(source, LINEAR), 3_000);

        assertThat(saved(there)).hasSize(HEADER + 3_000 * 320).isEqualTo(saved(here));
    }

    @Test
    void on_another_hubs_disk_it_is_lost_with_a_reason() throws IOException {
        AudioArchive other = onDisk("other", 0);
        record(recorders.begin(source, LINEAR), 100);
        saved(archive);

        assertThatThrownBy(() -> other.file(tenant, Kind.LIVE, source.id()))
                .hasMessageContaining("not on this hub's disk");
    }

    @Test
    void what_was_kept_long_enough_goes_and_so_does_what_a_crash_left() throws IOException {
        record(recorders.begin(source, LINEAR), 100);
        saved(archive);
        Path kept = archive.file(tenant, Kind.LIVE, source.id());
        Path orphan =
                Files.write(folder.resolve("one").resolve(UUID.randomUUID().toString()), audio(10, 1));
        Path partial = Files.write(folder.resolve("one").resolve("x.1.partial"), audio(10, 1));
        Instant longAgo = Instant.now().minus(Duration.ofDays(2));
        for (Path file : List.of(kept, orphan, partial)) {
            Files.setLastModifiedTime(file, FileTime.from(longAgo));
        }

        archive.cleanDisk(Instant.now());
        assertThat(files("one")).containsExactly(kept);

        database.useHandle(handle -> archive.clean(handle, Instant.now().minus(Duration.ofDays(1))));
        assertThat(archive.file(tenant, Kind.LIVE, source.id())).exists();

        database.useHandle(handle -> archive.clean(handle, Instant.now().plusSeconds(60)));
        archive.cleanDisk(Instant.now());
        assertThat(files("one")).isEmpty();
    }
}
