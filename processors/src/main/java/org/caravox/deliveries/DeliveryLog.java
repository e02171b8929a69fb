package org.caravox.deliveries;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was delivered, what waits and what was given up, by tenant; those that failed are its dead letters. */
public final class DeliveryLog {

    /**
     * What to look for; null is any.
     *
     * @param endpoint to this endpoint
     * @param status   {@code pending}, {@code delivered}, {@code failed} or {@code discarded}
     * @param event    of this event
     * @param type     of events of this type
     * @param subject  of this job, transcript or call
     * @param from     of events at or after then
     * @param to       of events before then
     * @param after    the last id of the page before
     * @param limit    how many at most
     */
    public record Search(
            @Nullable UUID endpoint,
            @Nullable String status,
            @Nullable UUID event,
            @Nullable String type,
            @Nullable UUID subject,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable UUID after,
            int limit) {}

    /**
     * One delivery.
     *
     * @param id         names it
     * @param endpoint   where to; null: the webhook that a job named itself
     * @param kind       {@code webhook}, {@code crm}, {@code scoring} or {@code job}
     * @param name       of a CRM: as the settings call it
     * @param url        of a webhook
     * @param event      what the endpoint knows the event by
     * @param type       of the event
     * @param subject    the job, transcript or call that it tells of
     * @param status     see {@link Search}
     * @param attempts   since it was made or replayed
     * @param createdAt  when the event was written
     * @param dueAt      of one that waits: when it is tried next
     * @param endedAt    of others: since when they are as they are
     * @param lastStatus of HTTP; null when there was no answer, or no attempt
     * @param fault      what went wrong last, in a word; null when it arrived
     * @param error      the same in a sentence
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            UUID id,
            @Nullable UUID endpoint,
            String kind,
            @Nullable String name,
            @Nullable String url,
            String event,
            String type,
            UUID subject,
            String status,
            int attempts,
            Instant createdAt,
            @Nullable Instant dueAt,
            @Nullable Instant endedAt,
            @Nullable Integer lastStatus,
            @Nullable String fault,
            @Nullable String error) {}

    /**
     * One attempt.
     *
     * @param at        when it began
     * @param latencyMs how long it took, in milliseconds
     * @param status    of HTTP; null: there was no answer
     * @param fault     null: it arrived
     * @param error     the same in a sentence
     * @param response  the first 20 KB of the answer
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Attempt(
            Instant at,
            int latencyMs,
            @Nullable Integer status,
            @Nullable String fault,
            @Nullable String error,
            @Nullable String response) {}

    /** One delivery with the event's data, null when that is not kept any more, and all its attempts, oldest first. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Detail(Entry delivery, @JsonRawValue @Nullable String data, List<Attempt> tried) {}

    /** What is before the id of an event in what endpoints know it by. */
    public static final String EVENT_PREFIX = "evt_";

    private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);

    private static final String SELECT =
            """
            select d.*, coalesce(e.kind, 'job') as kind, e.name, coalesce(d.url, e.url) as address
            from deliveries d left join endpoints e on e.id = d.endpoint where d.tenant = :tenant""";

    private final Jdbi database;

    public DeliveryLog(Jdbi database) {
        this.database = database;
    }

    /** Newest first; ids sort by time, so the last id of a page is where the next one starts. */
    public List<Entry> list(String tenant, Search search) {
        List<String> where = new ArrayList<>(List.of(SELECT));
        Map<String, Object> bound = new HashMap<>(Map.of("tenant", tenant, "limit", search.limit()));
        add(where, bound, "d.endpoint = :endpoint", "endpoint", search.endpoint());
        add(where, bound, "d.status = :status", "status", search.status());
        add(where, bound, "d.event = :event", "event", search.event());
        add(where, bound, "d.type = :type", "type", search.type());
        add(where, bound, "d.subject = :subject", "subject", search.subject());
        add(where, bound, "d.id >= :from", "from", search.from() == null ? null : Endpoints.firstIdAt(search.from()));
        add(where, bound, "d.id < :to", "to", search.to() == null ? null : Endpoints.firstIdAt(search.to()));
        add(where, bound, "d.id < :after", "after", search.after());
        String page = String.join(" and ", where) + " order by d.id desc limit :limit";
        return database.withHandle(handle -> handle.createQuery(page)
                .bindMap(bound)
                .map((row, context) -> entry(row))
                .list());
    }

    private static void add(
            List<String> where, Map<String, Object> bound, String condition, String name, @Nullable Object value) {
        if (value != null) {
            where.add(condition);
            bound.put(name, value);
        }
    }

    /**
     * One of a tenant.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Detail get(String tenant, UUID id) {
        return database.withHandle(handle -> new Detail(
                one(handle, tenant, id),
                handle.createQuery("select events.data from deliveries join events on events.id = deliveries.event"
                                + " where deliveries.tenant = :tenant and deliveries.id = :id")
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne()
                        .orElse(null),
                attempts(handle, id)));
    }

    private static Entry one(Handle handle, String tenant, UUID id) {
        return handle.createQuery(SELECT + " and d.id = :id")
                .bind("tenant", tenant)
                .bind("id", id)
                .map((row, context) -> entry(row))
                .findOne()
                .orElseThrow(() -> Refusal.notFound("delivery " + id + " not found for tenant " + tenant));
    }

    private static List<Attempt> attempts(Handle handle, UUID id) {
        return handle.createQuery("select * from delivery_attempts where delivery = :id order by at")
                .bind("id", id)
                .map((row, context) -> new Attempt(
                        row.getTimestamp("at").toInstant(),
                        row.getInt("latency_ms"),
                        row.getObject("status", Integer.class),
                        row.getString("fault"),
                        row.getString("error"),
                        row.getString("response")))
                .list();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String status = row.getString("status");
        return new Entry(
                row.getObject("id", UUID.class),
                row.getObject("endpoint", UUID.class),
                row.getString("kind"),
                row.getString("name"),
                row.getString("address"),
                EVENT_PREFIX + row.getString("event"),
                row.getString("type"),
                row.getObject("subject", UUID.class),
                status,
                row.getInt("attempts"),
                row.getTimestamp("created_at").toInstant(),
                status.equals("pending") ? row.getTimestamp("due_at").toInstant() : null,
                Endpoints.time(row, "ended_at").orElse(null),
                row.getObject("last_status", Integer.class),
                row.getString("fault"),
                row.getString("error"));
    }

    /**
     * Delivers one again, at once and with all its attempts before it; the history of those it had stays.
     *
     * @throws Refusal NOT_FOUND; CONFLICT when its endpoint has been deleted
     */
    public Entry replay(String tenant, UUID id) {
        Entry replayed = database.inTransaction(handle -> {
            one(handle, tenant, id);
            int again = handle.createQuery(
                            """
                            with again as (
                              update deliveries d set status = 'pending', attempts = 0, due_at = now(), ended_at = null
                              where d.tenant = :tenant and d.id = :id and not exists (
                                select from endpoints e where e.id = d.endpoint and e.status = 'deleted')
                              returning d.endpoint, d.subject),
                            told as (
                              update jobs set webhook_status = 'pending' from again
                              where again.endpoint is null and jobs.id = again.subject)
                            select count(*) from again""")
                    .bind("tenant", tenant)
                    .bind("id", id)
                    .mapTo(Integer.class)
                    .one();
            if (again == 0) {
                throw new Refusal(
                        Refusal.Reason.CONFLICT, "the endpoint of delivery " + id + " has been deleted: make another");
            }
            Endpoints.announce(handle);
            return one(handle, tenant, id);
        });
        log.info("delivery.replayed delivery={} tenant={}", id, tenant);
        return replayed;
    }

    /**
     * Takes one that waits or was given up off the list of what is to be done.
     *
     * @throws Refusal NOT_FOUND; CONFLICT when it has been delivered
     */
    public Entry discard(String tenant, UUID id) {
        Entry discarded = database.inTransaction(handle -> {
            Entry was = one(handle, tenant, id);
            int changed = handle.createUpdate("update deliveries set status = 'discarded', ended_at = now()"
                            + " where tenant = :tenant and id = :id and status in ('pending', 'failed')")
                    .bind("tenant", tenant)
                    .bind("id", id)
                    .execute();
            if (changed == 0) {
                throw new Refusal(
                        Refusal.Reason.CONFLICT,
                        "delivery " + id + " is " + was.status() + ": only what is pending or failed can be discarded");
            }
            return one(handle, tenant, id);
        });
        log.info("delivery.discarded delivery={} tenant={}", id, tenant);
        return discarded;
    }
}
