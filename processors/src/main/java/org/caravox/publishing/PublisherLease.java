package org.caravox.publishing;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.caravox.audit.Act;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publishes at a time, over all hubs. Whoever does holds a row that runs out unless its hub renews it: a hub that is
 * killed half way keeps the others waiting for {@link #LASTS}, and what it had proposed is forgotten.
 */
final class PublisherLease {

    static final Duration LASTS = Duration.ofSeconds(5);
    private static final Duration LOOKS_EVERY = Duration.ofMillis(50);

    private static final Logger log = LoggerFactory.getLogger(PublisherLease.class);

    private final Jdbi database;
    private final String node;
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    PublisherLease(Jdbi database, String node) {
        this.database = database;
        this.node = node;
    }

    /** That somebody is the only one who publishes. */
    record Held(String holder) {

        /** Shows hubs what to load. */
        void propose(Handle handle, long version) {
            show(handle, version);
        }

        /** Shows it no more; within the transaction that puts it in force. */
        void settle(Handle handle) {
            show(handle, null);
        }

        private void show(Handle handle, @Nullable Long version) {
            int rows = handle.createUpdate(
                            """
                            update route_publisher set proposed = :version
                            where holder = :holder and until > clock_timestamp()""")
                    .bind("version", version)
                    .bind("holder", holder)
                    .execute();
            if (rows != 1) {
                throw new Refusal(
                        Refusal.Reason.CONFLICT,
                        "nothing was published: this hub was held up for so long that others may publish: try again");
            }
        }
    }

    /**
     * Does something as the only one.
     *
     * @param actor who wants it: the id of an API key, or {@code hub}
     * @param waits how long others are waited for
     * @throws Refusal CONFLICT when somebody else does not come to an end
     */
    <T> T hold(String actor, Deadline waits, Function<Held, T> work) {
        String mine = node + " " + UUID.randomUUID();
        while (!take(mine, actor)) {
            if (waits.passed()) {
                throw new Refusal(Refusal.Reason.CONFLICT, busy());
            }
            LockSupport.parkNanos(LOOKS_EVERY.toNanos());
        }
        held.add(mine);
        try {
            return work.apply(new Held(mine));
        } finally {
            held.remove(mine);
            leave(mine);
        }
    }

    private boolean take(String mine, String actor) {
        return database.inTransaction(handle -> {
            boolean taken = handle.createUpdate(
                                    """
                                    update route_publisher
                                    set holder = :mine, actor = :actor, since = clock_timestamp(), proposed = null,
                                        until = clock_timestamp() + :lasts * interval '1 millisecond'
                                    where holder is null or until < clock_timestamp()""")
                            .bind("mine", mine)
                            .bind("actor", actor)
                            .bind("lasts", LASTS.toMillis())
                            .execute()
                    == 1;
            if (taken) {
                RouteVersions.forgetProposals(handle);
            }
            return taken;
        });
    }

    /** Called every second, while this hub is well. */
    void renew() {
        for (String mine : held) {
            database.useHandle(handle -> handle.createUpdate(
                            """
                            update route_publisher
                            set until = clock_timestamp() + :lasts * interval '1 millisecond' where holder = :mine""")
                    .bind("lasts", LASTS.toMillis())
                    .bind("mine", mine)
                    .execute());
        }
    }

    /** What is still proposed is forgotten. Without the database the lease runs out by itself. */
    private void leave(String mine) {
        try {
            database.useTransaction(handle -> {
                int left = handle.createUpdate(
                                """
                                update route_publisher set holder = null, until = null, proposed = null
                                where holder = :mine""")
                        .bind("mine", mine)
                        .execute();
                if (left == 1) {
                    RouteVersions.forgetProposals(handle);
                    handle.execute(RouteNode.TELL);
                }
            });
        } catch (RuntimeException e) {
            log.warn("routes.lease.left reason=\"{}\": it runs out by itself", e.getMessage());
        }
    }

    private String busy() {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select coalesce((select name from api_keys where id::text = actor), actor) as who, holder, since
                        from route_publisher where holder is not null""")
                .map((row, context) -> busy(row.getString("who"), row.getString("holder"), row.getTimestamp("since")))
                .findOne()
                .orElse("somebody else was publishing: try again"));
    }

    private static String busy(String who, String holder, Timestamp since) {
        long seconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis() - since.getTime());
        return (who.equals(Act.HUB) ? "a hub" : who) + " has been publishing for " + seconds + " s, on the hub "
                + holder.substring(0, holder.lastIndexOf(' ')) + ": try again when that has ended";
    }
}
