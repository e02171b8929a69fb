package org.caravox.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Iterator;
import java.util.UUID;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Recordings in the database, for hubs that share no disk: in parts, so that none is ever in memory as a whole. They are
 * written with what they belong to and go with it; uploads go with their job's transcript too.
 */
public final class RecordingsInDatabase implements KeptRecordings {

    private static final int PART_BYTES = 512 * 1024;

    private final Jdbi database;
    private final AudioStore audio;
    private final String table;
    private final String owner;

    /** Uploads, which belong to jobs. */
    public RecordingsInDatabase(Jdbi database, AudioStore audio) {
        this(database, audio, "job_recordings", "job");
    }

    /**
     * Others.
     *
     * @param audio where they are on this hub's disk
     * @param table of their parts: its owner, {@code part}, {@code parts}, {@code bytes}
     * @param owner the column that names what they belong to
     */
    public RecordingsInDatabase(Jdbi database, AudioStore audio, String table, String owner) {
        this.database = database;
        this.audio = audio;
        this.table = table;
        this.owner = owner;
    }

    @Override
    public boolean elsewhere() {
        return true;
    }

    @Override
    public void keep(Handle handle, UUID job) throws IOException {
        long size = Files.size(audio.file(job));
        int parts = (int) Math.max(1, (size + PART_BYTES - 1) / PART_BYTES);
        try (InputStream recording = Files.newInputStream(audio.file(job))) {
            for (int part = 0; part < parts; part++) {
                handle.createUpdate("insert into " + table + " (" + owner + ", part, parts, bytes)"
                                + " values (:job, :part, :parts, :bytes)")
                        .bind("job", job)
                        .bind("part", part)
                        .bind("parts", parts)
                        .bind("bytes", recording.readNBytes(PART_BYTES))
                        .execute();
            }
        }
    }

    @Override
    public void fetch(UUID job) throws IOException {
        if (Files.exists(audio.file(job))) {
            return;
        }
        try (Handle handle = database.open()) {
            audio.bring(job, new Parts(handle, job));
        }
    }

    @Override
    public void drop(Handle handle, Collection<UUID> jobs) {
        if (!jobs.isEmpty()) {
            handle.createUpdate("delete from " + table + " where " + owner + " = any(:jobs)")
                    .bindArray("jobs", UUID.class, jobs.toArray())
                    .execute();
        }
    }

    /** The parts of a recording, one at a time. */
    private final class Parts implements Iterator<byte[]> {

        private final Handle handle;
        private final UUID job;
        private final int count;
        private int next;

        Parts(Handle handle, UUID job) {
            this.handle = handle;
            this.job = job;
            this.count = handle.createQuery(
                            "select coalesce(max(parts), 0) from " + table + " where " + owner + " = :job")
                    .bind("job", job)
                    .mapTo(Integer.class)
                    .one();
            if (count == 0) {
                throw lost("it is not in the database");
            }
        }

        @Override
        public boolean hasNext() {
            return next < count;
        }

        @Override
        public byte[] next() {
            int part = next++;
            return handle.createQuery("select bytes from " + table + " where " + owner + " = :job and part = :part")
                    .bind("job", job)
                    .bind("part", part)
                    .mapTo(byte[].class)
                    .findOne()
                    .orElseThrow(() -> lost("part " + (part + 1) + " of " + count + " is not in the database"));
        }

        private Refusal lost(String what) {
            return new Refusal(Refusal.Reason.LOST, "the recording of " + owner + " " + job + " is lost: " + what);
        }
    }
}
