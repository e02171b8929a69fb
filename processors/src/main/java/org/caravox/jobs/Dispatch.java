package org.caravox.jobs;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Hands the ids of jobs to the broker. Only a window of them is in the broker at a time; the rest waits in the table,
 * where it costs no memory, where jobs that back off do not stand in anybody's way, and from where tenants take turns. A
 * job that has few of its own tenant's jobs before it goes with a high priority: whoever asks for little waits little,
 * however much others ask for, and within a tenant the urgent overtakes the rest. What has been in the broker for half a
 * minute does not count, so that a tenant with much to do gets its turn however many with little come.
 */
public final class Dispatch implements Outbox<Dispatch.Ticket> {

    /**
     * A job on its way to a worker.
     *
     * @param job  its id
     * @param rank 0 to 9, higher first: 9 with nothing of its tenant before it, one less each time that doubles
     */
    public record Ticket(UUID job, int rank) {}

    /** The broker may have got them, and may not: they stay marked until that is known. */
    public static final class Unconfirmed extends Exception {
        public Unconfirmed(String message) {
            super(message);
        }
    }

    /** Any number, the same in all hubs: whoever holds this lock of PostgreSQL's dispatches. */
    private static final long LOCK = 0x6361_7261_766f_7831L;

    private static final String NEXT = "with recursive "
            + Waiting.TENANTS
            + """
            ,
            sent as materialized (
              select tenant, priority, count(*) as jobs from jobs
              where status = 'queued' and dispatched_at > now() - interval '30 seconds' group by tenant, priority),
            next as (
              select due.id, due.priority, due.due_at,
                     row_number() over (partition by w.tenant order by due.priority desc, due.due_at)
                       + coalesce((select sum(jobs) from sent
                                   where sent.tenant = w.tenant and sent.priority >= due.priority), 0) as place
              from tenants_waiting w cross join lateral ("""
            + Waiting.DUE
            + """
             limit :room) due where w.tenant is not null
              order by place, due.priority desc, due.due_at limit :room)
            update jobs set dispatched_at = now() from next
            where jobs.id = next.id and jobs.status = 'queued' and jobs.dispatched_at is null
            returning jobs.id, greatest(0, 9 - floor(log(2, next.place)))::int as rank""";

    private final Jdbi database;
    private final int window;
    private volatile boolean paused;

    /** @param window how many jobs may be in the broker at a time */
    public Dispatch(Jdbi database, int window) {
        this.database = database;
        this.window = window;
    }

    /** While the broker takes nothing, nothing is marked in vain. */
    public void pause(boolean whether) {
        paused = whether;
    }

    /**
     * Marks what is next as dispatched, and then sends it, so that no row is locked while the broker is waited for. What a
     * crash in between leaves marked and not sent is found by {@link #reconcile}.
     */
    @Override
    public int relay(Sender<Ticket> sender) throws Exception {
        List<Ticket> tickets = paused ? List.of() : database.inTransaction(this::next);
        if (tickets.isEmpty()) {
            return 0;
        }
        try {
            sender.send(tickets);
        } catch (Unconfirmed e) {
            throw e;
        } catch (Exception e) {
            takeBack(tickets);
            throw e;
        }
        return tickets.size();
    }

    private List<Ticket> next(Handle handle) {
        if (!locked(handle)) {
            return List.of();
        }
        int room = window - waitingInBroker(handle);
        if (room <= 0) {
            return List.of();
        }
        return handle.createQuery(NEXT)
                .bind("room", room)
                .map((row, context) -> new Ticket(row.getObject("id", UUID.class), row.getInt("rank")))
                .list();
    }

    private void takeBack(List<Ticket> tickets) {
        database.useHandle(handle -> handle.createUpdate(
                        "update jobs set dispatched_at = null where id = any(:ids) and status = 'queued'")
                .bindArray("ids", UUID.class, tickets.stream().map(Ticket::job).toArray())
                .execute());
    }

    private static boolean locked(Handle handle) {
        return handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                .bind("lock", LOCK)
                .mapTo(Boolean.class)
                .one();
    }

    private static int waitingInBroker(Handle handle) {
        return handle.createQuery("select count(*) from jobs where status = 'queued' and dispatched_at is not null")
                .mapTo(Integer.class)
                .one();
    }

    /**
     * Finds out that the broker has lost messages, by a restart or a purge, and has those jobs dispatched anew. A job
     * that is dispatched twice is still done once.
     *
     * @param inBroker how many messages wait in the broker now
     * @param age      only jobs that were dispatched this long ago are looked at
     * @return how many jobs are dispatched anew
     */
    public int reconcile(long inBroker, Duration age) {
        return database.withHandle(handle -> handle.createUpdate(
                        """
                        update jobs set dispatched_at = null
                        where id in (select id from jobs where status = 'queued'
                                       and dispatched_at < now() - :age * interval '1 millisecond'
                                     for update skip locked)
                          and (select count(*) from jobs where status = 'queued'
                                 and dispatched_at < now() - :age * interval '1 millisecond') > :inBroker""")
                .bind("age", age.toMillis())
                .bind("inBroker", inBroker)
                .execute());
    }
}
