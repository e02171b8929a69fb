package org.caravox.jobs;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** What all who empty the table {@code outbox} do. */
final class OutboxRows {

    private OutboxRows() {}

    /** Whether this transaction is now the only one, of all hubs, that holds this lock. */
    static boolean locked(Handle handle, long lock) {
        return handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                .bind("lock", lock)
                .mapTo(Boolean.class)
                .one();
    }

    static void delete(Handle handle, List<Long> delivered) {
        handle.createUpdate("delete from outbox where seq = any(:seqs)")
                .bindArray("seqs", Long.class, delivered.toArray())
                .execute();
    }
}
