package org.caravox.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Work that is claimed by lease: whoever holds the lease works, anybody may crash at any time. Every claim carries a
 * fencing number that is higher than the one before, and a claim that has been overtaken changes nothing any more.
 */
public interface LeasedWork {

    /**
     * The right to work on one row for a while.
     *
     * @param id    the row
     * @param fence the number of this claim
     * @param task  what is to be done
     */
    record Lease(UUID id, long fence, Object task) {}

    /** Takes the most urgent work that is due, if there is any. */
    Optional<Lease> claim();

    /** Gives up the claims of holders that have given no sign of life: others may take their work. */
    void expire();

    /**
     * Says that the holders of these leases are alive.
     *
     * @return those among them that still stand; the others are to stop
     */
    List<Lease> renew(List<Lease> leases);

    /** Gives work back as if it had not been begun: another takes it at once. */
    void release(Lease lease);

    /** A holder on this hub, and no other here, has ended with its lease, one way or another. */
    default void ended(Lease lease) {}

    /** The PostgreSQL channel on which new work is announced. */
    String channel();

    /** How long a lease lasts without a sign of life. */
    Duration lease();
}
