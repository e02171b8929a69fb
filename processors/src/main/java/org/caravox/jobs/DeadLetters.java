package org.caravox.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.jobs.DeadLetter.Kind;
import org.caravox.jobs.DeadLetterFilter.Condition;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was given up: jobs that failed and messages that could not become jobs, until they are replayed, discarded, or
 * older than ended jobs are kept. A job that is replayed keeps its id and the history of its attempts.
 */
public final class DeadLetters {

    /**
     * What came of a replay of many.
     *
     * @param replayed how many are none any more
     * @param refused  how many messages could not become jobs this time either
     * @param more     whether there are more to be had by the same call
     */
    public record Replayed(int replayed, int refused, boolean more) {}

    /** What came of discarding many. */
    public record Discarded(int discarded, boolean more) {}

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private static final int MOST_JOBS = 10_000;
    private static final int MOST_MESSAGES = 500;

    private static final String PAGE =
            """
            select dead.*, tried.failures,
                   first.at as first_at, first.attempt as first_attempt, first.node as first_node,
                   first.fault as first_fault, first.error as first_error,
                   last.at as last_at, last.attempt as last_attempt, last.node as last_node,
                   last.fault as last_fault, last.error as last_error
            from (
              (select id, 'job' as kind, tenant, coalesce(error, 'not known') as reason, coalesce(fault, 'hub') as fault,
                      attempts, user_id, batch, item, message_id, null as source, null as origin, webhook_status,
                      created_at, ended_at as failed_at
               from jobs where %s order by id desc limit :limit)
              union all
              (select id, 'message', tenant, reason, 'caller', 1, null, null, null, message_id, source, origin, null, at, at
               from refused_messages where %s order by id desc limit :limit)
              order by id desc limit :limit) dead
            left join lateral (select count(*) as failures from job_failures where job = dead.id) tried on true
            left join lateral (select * from job_failures where job = dead.id order by fence limit 1) first on true
            left join lateral (select * from job_failures where job = dead.id order by fence desc limit 1) last on true
            order by dead.id desc""";

    private final Jdbi database;
    private final MessageReplay messages;

    public DeadLetters(Jdbi database, MessageReplay messages) {
        this.database = database;
        this.messages = messages;
    }

    /**
     * Those that a filter means, newest request first.
     *
     * @param operator whether they are for operators, who also see tenants and nodes
     * @param after    the last id of the page before
     */
    public List<DeadLetter> list(DeadLetterFilter filter, boolean operator, @Nullable UUID after, int limit) {
        Condition jobs = filter.jobs();
        Condition refused = filter.messages();
        if (after != null) {
            jobs = jobs.and("id < :after", "after", after);
            refused = refused.and("id < :after", "after", after);
        }
        Map<String, Object> bound = new HashMap<>(jobs.bound());
        bound.putAll(refused.bound());
        bound.put("limit", limit);
        String page = PAGE.formatted(jobs.sql(), refused.sql());
        return database.withHandle(handle -> handle.createQuery(page)
                .bindMap(bound)
                .map((row, context) -> letter(row, operator))
                .list());
    }

    private static DeadLetter letter(ResultSet row, boolean operator) throws SQLException {
        Instant failedAt = row.getTimestamp("failed_at").toInstant();
        String fault = row.getString("fault");
        String reason = row.getString("reason");
        int attempts = row.getInt("attempts");
        FailedAttempt only = new FailedAttempt(failedAt, Math.max(1, attempts), reason, fault, null);
        return new DeadLetter(
                row.getObject("id", UUID.class),
                row.getString("kind").equals("job") ? Kind.JOB : Kind.MESSAGE,
                operator ? row.getString("tenant") : null,
                reason,
                fault,
                Math.max(attempts, row.getInt("failures")),
                attempt("first", row, operator).orElse(only),
                attempt("last", row, operator).orElse(only),
                row.getString("user_id"),
                row.getObject("batch", UUID.class),
                row.getString("item"),
                row.getString("message_id"),
                row.getString("source"),
                row.getString("origin"),
                row.getString("webhook_status"),
                row.getTimestamp("created_at").toInstant(),
                failedAt);
    }

    private static Optional<FailedAttempt> attempt(String which, ResultSet row, boolean operator) throws SQLException {
        Timestamp at = row.getTimestamp(which + "_at");
        return at == null
                ? Optional.empty()
                : Optional.of(new FailedAttempt(
                        at.toInstant(),
                        row.getInt(which + "_attempt"),
                        row.getString(which + "_error"),
                        row.getString(which + "_fault"),
                        operator ? row.getString(which + "_node") : null));
    }

    /**
     * Has one done after all: a job goes back to the queue with all its attempts before it, a message is taken in again.
     *
     * @param tenant whose it must be; null is anybody's
     * @throws Refusal NOT_FOUND; CONFLICT when it is no dead letter; for a message, why it cannot become a job
     */
    public DeadLetter.Name replay(@Nullable String tenant, UUID id) {
        DeadLetterFilter any = DeadLetterFilter.all(tenant);
        if (database.inTransaction(handle -> again(handle, one(any.jobs(), id), 1)) == 1) {
            log.info("dead-letter.replayed kind=job id={}", id);
            return new DeadLetter.Name(id, Kind.JOB);
        }
        Refusal refused = database.inTransaction(handle -> {
            RefusedMessage message = refused(handle, one(any.messages(), id), 1).stream()
                    .findFirst()
                    .orElseThrow(() -> none(handle, tenant, id));
            return takeIn(handle, message).orElse(null);
        });
        if (refused != null) {
            throw refused;
        }
        log.info("dead-letter.replayed kind=message id={}", id);
        return new DeadLetter.Name(id, Kind.MESSAGE);
    }

    /** Has all that a filter means done after all, the oldest first, up to some thousands a call. */
    public Replayed replay(DeadLetterFilter filter) {
        int jobs = database.inTransaction(handle -> again(handle, filter.jobs(), MOST_JOBS));
        Replayed taken = replayMessages(filter);
        log.info("dead-letters.replayed jobs={} messages={} refused={}", jobs, taken.replayed(), taken.refused());
        return new Replayed(jobs + taken.replayed(), taken.refused(), jobs == MOST_JOBS || taken.more());
    }

    private static int again(Handle handle, Condition which, int most) {
        return Jobs.again(handle, oldest("id", "jobs", which), limited(which, most));
    }

    private Replayed replayMessages(DeadLetterFilter filter) {
        List<UUID> ids = database.withHandle(handle -> handle.createQuery("select id from refused_messages where "
                        + filter.messages().sql() + " order by id limit :most")
                .bindMap(limited(filter.messages(), MOST_MESSAGES))
                .mapTo(UUID.class)
                .list());
        int replayed = 0;
        int refused = 0;
        for (UUID id : ids) {
            List<Boolean> taken =
                    database.inTransaction(handle -> refused(handle, one(filter.messages(), id), 1).stream()
                            .map(message -> takeIn(handle, message).isEmpty())
                            .toList());
            replayed += taken.contains(true) ? 1 : 0;
            refused += taken.contains(false) ? 1 : 0;
        }
        return new Replayed(replayed, refused, ids.size() == MOST_MESSAGES && replayed > 0);
    }

    /** When it is refused once more, the new reason takes the place of the old one. */
    private Optional<Refusal> takeIn(Handle handle, RefusedMessage message) {
        Optional<Refusal> refusal = messages.replay(handle, message);
        if (refusal.isEmpty()) {
            handle.createUpdate("delete from refused_messages where id = :id")
                    .bind("id", message.id())
                    .execute();
        } else if (messages != MessageReplay.NONE) {
            String reason = String.valueOf(refusal.get().getMessage());
            renew(handle, message.id(), reason);
            // A transaction around this one may end with the refusal; the reason is to stay all the same.
            handle.afterRollback(() -> renew(handle, message.id(), reason));
        }
        return refusal;
    }

    private static void renew(Handle handle, UUID message, String reason) {
        handle.createUpdate("update refused_messages set reason = :reason where id = :id")
                .bind("reason", reason)
                .bind("id", message)
                .execute();
    }

    /**
     * Takes one off the list. A job is still shown by its id, with its history, as long as ended jobs are kept; a message
     * is gone.
     *
     * @param tenant whose it must be; null is anybody's
     * @throws Refusal NOT_FOUND; CONFLICT when it is no dead letter
     */
    public DeadLetter.Name discard(@Nullable String tenant, UUID id) {
        DeadLetterFilter any = DeadLetterFilter.all(tenant);
        return database.inTransaction(handle -> {
            if (discardJobs(handle, one(any.jobs(), id), 1) == 1) {
                log.info("dead-letter.discarded kind=job id={}", id);
                return new DeadLetter.Name(id, Kind.JOB);
            }
            if (discardMessages(handle, one(any.messages(), id), 1) == 1) {
                log.info("dead-letter.discarded kind=message id={}", id);
                return new DeadLetter.Name(id, Kind.MESSAGE);
            }
            throw none(handle, tenant, id);
        });
    }

    /** Takes off the list all that a filter means, the oldest first, up to some thousands a call. */
    public Discarded discard(DeadLetterFilter filter) {
        Discarded done = database.inTransaction(handle -> {
            int jobs = discardJobs(handle, filter.jobs(), MOST_JOBS);
            int refused = discardMessages(handle, filter.messages(), MOST_JOBS);
            return new Discarded(jobs + refused, jobs == MOST_JOBS || refused == MOST_JOBS);
        });
        log.info("dead-letters.discarded letters={}", done.discarded());
        return done;
    }

    private static int discardJobs(Handle handle, Condition which, int most) {
        return handle.createUpdate("with chosen as (" + oldest("id", "jobs", which)
                        + ") update jobs set discarded_at = now() from chosen where jobs.id = chosen.id")
                .bindMap(limited(which, most))
                .execute();
    }

    private static int discardMessages(Handle handle, Condition which, int most) {
        return handle.createUpdate("with chosen as (" + oldest("id", "refused_messages", which)
                        + ") delete from refused_messages using chosen where refused_messages.id = chosen.id")
                .bindMap(limited(which, most))
                .execute();
    }

    private static List<RefusedMessage> refused(Handle handle, Condition which, int most) {
        return handle.createQuery(oldest("*", "refused_messages", which))
                .bindMap(limited(which, most))
                .map((row, context) -> new RefusedMessage(
                        row.getObject("id", UUID.class),
                        row.getString("tenant"),
                        row.getString("source"),
                        row.getString("origin"),
                        row.getString("message_id"),
                        row.getString("headers"),
                        row.getBytes("body"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }

    /** What somebody else is changing right now is passed over. */
    private static String oldest(String columns, String table, Condition which) {
        return "select " + columns + " from " + table + " where " + which.sql()
                + " order by id limit :most for update skip locked";
    }

    private static Condition one(Condition dead, UUID id) {
        return dead.and("id = :id", "id", id);
    }

    private static Map<String, Object> limited(Condition which, int most) {
        Map<String, Object> bound = new HashMap<>(which.bound());
        bound.put("most", most);
        return bound;
    }

    private static Refusal none(Handle handle, @Nullable String tenant, UUID id) {
        Condition job = new Condition("id = :id", Map.of("id", id));
        Condition theirs = tenant == null ? job : job.and("tenant = :tenant", "tenant", tenant);
        return handle.createQuery("select case when status = 'failed' then 'failed, and discarded' else status end"
                        + " from jobs where " + theirs.sql())
                .bindMap(theirs.bound())
                .mapTo(String.class)
                .findOne()
                .map(status ->
                        new Refusal(Refusal.Reason.CONFLICT, "job " + id + " is no dead letter: it is " + status))
                .orElseGet(() -> Refusal.notFound(
                        "dead letter " + id + " not found: it may have been discarded, replayed" + " or expired"));
    }

    /** How many there are, of all tenants. */
    public long count(Fault fault) {
        DeadLetterFilter theirs = new DeadLetterFilter(null, null, fault, null, null, null, null, null);
        Condition jobs = theirs.jobs();
        Condition refused = theirs.messages();
        return database.withHandle(handle -> handle.createQuery("select (select count(*) from jobs where " + jobs.sql()
                        + ") + (select count(*) from refused_messages where " + refused.sql() + ")")
                .bindMap(jobs.bound())
                .mapTo(Long.class)
                .one());
    }

    /** Removes messages that are older than ended jobs are kept. */
    public void clean(JobSettings settings, Instant now) {
        database.useHandle(handle -> handle.createUpdate("delete from refused_messages where at < :before")
                .bind("before", now.minus(settings.keep()))
                .execute());
    }
}
