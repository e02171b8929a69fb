package org.caravox.jobs;

import java.io.IOException;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Where the uploaded recordings of jobs are until a worker wants them. */
public interface KeptRecordings {

    /** They stay on the disk of the hub that they were sent to, which is the only one, or shares its disk. */
    KeptRecordings ON_DISK = new KeptRecordings() {
        @Override
        public void keep(Handle handle, UUID job) {}

        @Override
        public void fetch(UUID job) {}

        @Override
        public void drop(Handle handle, UUID job) {}
    };

    /** Keeps the recording, which is on this hub's disk, for whoever will work on it; with the job that is written. */
    void keep(Handle handle, UUID job) throws IOException;

    /** Brings the recording onto this hub's disk. */
    void fetch(UUID job) throws IOException;

    /** Nobody needs it any more. */
    void drop(Handle handle, UUID job);
}
