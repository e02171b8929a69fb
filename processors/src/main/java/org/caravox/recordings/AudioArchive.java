package org.caravox.recordings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audio.AudioStore;
import org.caravox.audio.RawAudio;
import org.caravox.events.Events;
import org.caravox.jobs.KeptRecordings;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The recordings that are kept: a row each, and a WAV file on the disk of the hub that made it or in the database. The row
 * and the event that tells of it come with the file, so that nobody is told of a part; a file without a row is removed.
 */
public final class AudioArchive {

    /** The type of the event that tells of one. */
    public static final String SAVED = "recording.saved";

    private static final Duration LEFT_BEHIND = Duration.ofDays(1);

    /**
     * A recording.
     *
     * @param id     its own
     * @param source what was recorded
     * @param form   of its samples
     * @param audio  how much it is
     * @param lost   how much of that is silence in the place of audio that was lost
     */
    record Made(UUID id, RecordingSource source, RawAudio form, Duration audio, Duration lost) {}

    private final Jdbi database;
    private final AudioStore store;
    private final KeptRecordings places;
    private final Events events;

    /**
     * An archive.
     *
     * @param store  its files on this hub's disk, and no others
     * @param places where they are kept besides
     */
    public AudioArchive(Jdbi database, AudioStore store, KeptRecordings places, Events events) {
        this.database = database;
        this.store = store;
        this.places = places;
        this.events = events;
    }

    AudioStore store() {
        return store;
    }

    /** Writes down a recording whose file is whole, and tells of it; one that is known already is left alone. */
    void keep(Made made) throws IOException {
        long bytes = Files.size(store.file(made.id()));
        database.useTransaction(handle -> {
            if (insert(handle, made, bytes) == 1) {
                places.keep(handle, made.id());
                events.record(
                        handle, made.source().tenant(), SAVED, made.source().id(), told(made, bytes));
            }
        });
    }

    private int insert(Handle handle, Made made, long bytes) {
        return handle.createUpdate(
                        """
                        insert into recordings (id, tenant, source, source_id, user_id, channels, sample_rate_hz,
                          duration_ms, lost_ms, bytes, place)
                        values (:id, :tenant, :source, :sourceId, :userId, :channels, :sampleRateHz, :duration, :lost,
                          :bytes, :place)
                        on conflict do nothing""")
                .bind("id", made.id())
                .bind("tenant", made.source().tenant())
                .bind("source", made.source().kind().word())
                .bind("sourceId", made.source().id())
                .bind("userId", made.source().userId())
                .bind("channels", made.form().channels())
                .bind("sampleRateHz", made.form().sampleRateHz())
                .bind("duration", made.audio().toMillis())
                .bind("lost", made.lost().toMillis())
                .bind("bytes", bytes)
                .bind("place", places.elsewhere() ? "database" : "disk")
                .execute();
    }

    private static Map<String, ?> told(Made made, long bytes) {
        RecordingSource source = made.source();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("recordingId", made.id());
        data.put("source", source.kind().word());
        data.put("sourceId", source.id());
        data.put("userId", source.userId());
        data.put("channels", made.form().channels());
        data.put("sampleRate", made.form().sampleRateHz());
        data.put("duration", seconds(made.audio()));
        if (!made.lost().isZero()) {
            data.put("lost", seconds(made.lost()));
        }
        data.put("bytes", bytes);
        String of = source.kind() == RecordingSource.Kind.LIVE ? "/transcripts/" : "/calls/";
        data.put("link", of + source.id() + "/audio");
        return data;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /**
     * The file of a tenant's recording, on this hub's disk.
     *
     * @throws Refusal NOT_FOUND when there is none, LOST when its file is not where it was put
     */
    public Path file(String tenant, RecordingSource.Kind kind, UUID sourceId) throws IOException {
        UUID id = find(tenant, kind, sourceId)
                .orElseThrow(() -> Refusal.notFound("audio of " + sourceId + " not found: it was not recorded, is not"
                        + " saved yet, or was kept long enough"));
        places.fetch(id);
        Path file = store.file(id);
        if (!Files.exists(file)) {
            throw new Refusal(
                    Refusal.Reason.LOST,
                    "the audio of " + sourceId + " is not on this hub's disk: ask the hub that heard it, or have"
                            + " recordings kept in the database (caravox.jobs.recordings)");
        }
        return file;
    }

    private Optional<UUID> find(String tenant, RecordingSource.Kind kind, UUID sourceId) {
        return database.withHandle(handle -> handle.createQuery("select id from recordings"
                        + " where tenant = :tenant and source = :source and source_id = :sourceId")
                .bind("tenant", tenant)
                .bind("source", kind.word())
                .bind("sourceId", sourceId)
                .mapTo(UUID.class)
                .findOne());
    }

    /** Lets go of those that were made before a moment; their files follow, on each hub, with {@link #cleanDisk}. */
    public void clean(Handle handle, Instant before) {
        handle.createUpdate("delete from recordings where created_at < :before")
                .bind("before", before)
                .execute();
    }

    /** Removes the files that are nobody's: let go of, left behind by a crash, or copies of what is in the database. */
    public void cleanDisk(Instant now) throws IOException {
        List<UUID> old = store.keptBefore(now.minus(LEFT_BEHIND));
        for (UUID id : old) {
            if (places.elsewhere() || !exists(id)) {
                store.drop(id);
            }
        }
    }

    private boolean exists(UUID id) {
        return database.withHandle(handle -> handle.createQuery("select 1 from recordings where id = :id")
                .bind("id", id)
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    }
}
