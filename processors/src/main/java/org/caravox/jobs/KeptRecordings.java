package org.caravox.jobs;

import java.io.IOException;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Where the uploaded recordings of jobs are until a worker wants them. */
public interface KeptRecordings {

    /** They stay on the disk of the hub that they were sent to, which is the only one, or shares its disk. */
    KeptRecordings ON_DISK = new KeptRecordings() {
        @Override
        public boolean elsewhere() {
            return false;
        }

        @Override
        public void keep(Handle handle, UUID job) {}

        @Override
        public void fetch(UUID job) {}

        @Override
        public void drop(Handle handle, Collection<UUID> jobs) {}
    };

    /** Whether what is on this hub's disk is a copy only. */
    boolean elsewhere();

    /** Keeps the recording, which is on this hub's disk, for whoever will work on it; with the job that is written. */
    void keep(Handle handle, UUID job) throws IOException;

    /**
     * Brings the recording onto this hub's disk, unless it is there.
     *
     * @throws org.caravox.requests.Refusal LOST when it cannot be had any more
     */
    void fetch(UUID job) throws IOException;

    /** Nobody needs them any more. */
    void drop(Handle handle, Collection<UUID> jobs);
}
