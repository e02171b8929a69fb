package org.caravox.deliveries;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.f4b6a3.uuid.UuidCreator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The webhook endpoints, by tenant. One that is deleted takes nothing any more; what it got stays to be looked at. */
public final class Endpoints {

    /**
     * Which deliveries of an endpoint are to be made again.
     *
     * @param since  of events at or after then
     * @param until  of events before then; null: until now
     * @param types  of these types; none: all
     * @param status {@code failed}, {@code delivered} or {@code discarded}
     */
    public record Again(Instant since, @Nullable Instant until, List<String> types, String status) {}

    /** How many are made again, and whether the same call has more to do. */
    public record Replayed(int replayed, boolean more) {}

    /** A new secret, and until when the one before it signs too. */
    public record Rotated(String secret, Instant oldUntil) {}

    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

    /** Each signs every delivery: more make a header that is too long for some. */
    private static final int OLD_SECRETS = 2;

    private static final int MOST_REPLAYED = 10_000;

    private static final String OWN =
            " where id = :id and tenant = :tenant and kind = 'webhook' and status <> 'deleted'";

    private static final String SET =
            """
            url = :url, description = :description, types = :types, filter = cast(:filter as jsonpath),
            ordering = :ordering, when_exhausted = :whenExhausted, rate = :rate, format = :format,
            signatures = :signatures, headers = cast(:headers as jsonb), auth = cast(:auth as jsonb), changed_at = now()""";

    private final Jdbi database;
    private final ObjectMapper json;
    private final FilterCheck filters;
    private final int most;
    private final Duration overlap;

    /**
     * The endpoints.
     *
     * @param most    how many a tenant may have
     * @param overlap how long a secret signs on when another took its place
     */
    public Endpoints(Jdbi database, ObjectMapper json, FilterCheck filters, int most, Duration overlap) {
        this.database = database;
        this.json = json;
        this.filters = filters;
        this.most = most;
        this.overlap = overlap;
    }

    /**
     * Makes one.
     *
     * @param secret what signs its deliveries
     * @throws Refusal INVALID when its filter does not compile, CONFLICT when the tenant has as many as it may
     */
    public Endpoint create(String tenant, EndpointDraft draft, String secret) {
        UUID id = RequestIds.next();
        Endpoint made = database.inTransaction(handle -> {
            checkRoom(handle, tenant);
            checkFilter(handle, draft);
            handle.createUpdate(
                            """
                            insert into endpoints (id, tenant, kind, url, description, types, filter, ordering,
                                                   when_exhausted, rate, format, signatures, headers, auth)
                            values (:id, :tenant, 'webhook', :url, :description, :types, cast(:filter as jsonpath),
                                    :ordering, :whenExhausted, :rate, :format, :signatures, cast(:headers as jsonb),
                                    cast(:auth as jsonb))""")
                    .bind("id", id)
                    .bind("tenant", tenant)
                    .bindMap(values(draft))
                    .bindArray("types", String.class, draft.types().toArray())
                    .execute();
            addSecret(handle, id, secret);
            return one(handle, tenant, id).with(secret);
        });
        log.info("endpoint.created endpoint={} tenant={}", id, tenant);
        return made;
    }

    /** The tenant's row is locked meanwhile, so that two at a time do not make one too many. */
    private void checkRoom(Handle handle, String tenant) {
        handle.execute("select 1 from tenants where id = ? for no key update", tenant);
        int there = handle.createQuery("select count(*) from endpoints"
                        + " where tenant = :tenant and kind = 'webhook' and status <> 'deleted'")
                .bind("tenant", tenant)
                .mapTo(Integer.class)
                .one();
        if (there >= most) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "tenant " + tenant + " has " + there + " webhook endpoints, and may have " + most
                            + ": delete one that is not needed any more");
        }
    }

    private void checkFilter(Handle handle, EndpointDraft draft) {
        if (draft.filter() != null) {
            filters.check(handle, draft.filter());
        }
    }

    private static void addSecret(Handle handle, UUID id, String secret) {
        handle.createUpdate("insert into endpoint_secrets (endpoint, secret) values (:id, :secret)")
                .bind("id", id)
                .bind("secret", secret)
                .execute();
    }

    private Map<String, Object> values(EndpointDraft draft) {
        Map<String, Object> values = new HashMap<>();
        values.put("url", draft.url());
        values.put("description", draft.description());
        values.put("filter", draft.filter());
        values.put("ordering", draft.ordering());
        values.put("whenExhausted", draft.whenExhausted());
        values.put("rate", draft.ratePerSecond());
        values.put("format", draft.format());
        values.put("signatures", draft.signatures());
        values.put("headers", write(draft.headers()));
        values.put("auth", draft.auth() == null ? null : write(draft.auth()));
        return values;
    }

    /** Newest first. */
    public List<Endpoint> list(String tenant, @Nullable UUID after, int limit) {
        return database.withHandle(handle -> handle.createQuery(
                        "select * from endpoints where tenant = :tenant"
                                + " and kind = 'webhook' and status <> 'deleted'"
                                + " and (cast(:after as uuid) is null or id < cast(:after as uuid)) order by id desc limit :limit")
                .bind("tenant", tenant)
                .bind("after", after)
                .bind("limit", limit)
                .map(this::endpoint)
                .list());
    }

    /**
     * One of a tenant.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Endpoint get(String tenant, UUID id) {
        return database.withHandle(handle -> one(handle, tenant, id));
    }

    private Endpoint one(Handle handle, String tenant, UUID id) {
        return handle.createQuery("select * from endpoints" + OWN)
                .bind("id", id)
                .bind("tenant", tenant)
                .map(this::endpoint)
                .findOne()
                .orElseThrow(() -> missing(tenant, id));
    }

    private static Refusal missing(String tenant, UUID id) {
        return Refusal.notFound("webhook " + id + " not found for tenant " + tenant);
    }

    /** What the tenant sets of one, with its credentials. */
    EndpointDraft draft(String tenant, UUID id) {
        return database.withHandle(handle -> handle.createQuery("select * from endpoints" + OWN)
                .bind("id", id)
                .bind("tenant", tenant)
                .map((row, context) -> draft(row))
                .findOne()
                .orElseThrow(() -> missing(tenant, id)));
    }

    /**
     * Changes what a tenant sets of one.
     *
     * @throws Refusal NOT_FOUND; INVALID when its filter does not compile, and nothing is changed
     */
    public Endpoint change(String tenant, UUID id, UnaryOperator<EndpointDraft> change) {
        return database.inTransaction(handle -> {
            EndpointDraft draft = change.apply(locked(handle, tenant, id));
            checkFilter(handle, draft);
            handle.createUpdate("update endpoints set " + SET + " where id = :id")
                    .bind("id", id)
                    .bindMap(values(draft))
                    .bindArray("types", String.class, draft.types().toArray())
                    .execute();
            return one(handle, tenant, id);
        });
    }

    private EndpointDraft locked(Handle handle, String tenant, UUID id) {
        return handle.createQuery("select * from endpoints" + OWN + " for no key update")
                .bind("id", id)
                .bind("tenant", tenant)
                .map((row, context) -> draft(row))
                .findOne()
                .orElseThrow(() -> missing(tenant, id));
    }

    /**
     * Deletes one: what waits for it is discarded, and its secrets and credentials are forgotten.
     *
     * @return it as it was
     * @throws Refusal NOT_FOUND
     */
    public Endpoint delete(String tenant, UUID id) {
        Endpoint deleted = database.inTransaction(handle -> {
            locked(handle, tenant, id);
            Endpoint was = one(handle, tenant, id);
            handle.execute(
                    "update endpoints set status = 'deleted', headers = '{}', auth = null, changed_at = now()"
                            + " where id = ?",
                    id);
            handle.execute("delete from endpoint_secrets where endpoint = ?", id);
            discardPending(handle, id, null);
            return was;
        });
        log.info("endpoint.deleted endpoint={} tenant={}", id, tenant);
        return deleted;
    }

    /** @param before of events before then; null: all */
    private static void discardPending(Handle handle, UUID id, @Nullable Instant before) {
        handle.createUpdate("update deliveries set status = 'discarded', ended_at = now()"
                        + " where endpoint = :id and status = 'pending'"
                        + (before == null ? "" : " and id < :before"))
                .bind("id", id)
                .bindMap(before == null ? Map.of() : Map.of("before", firstIdAt(before)))
                .execute();
    }

    /** Ids sort by time: this one is before all that are made then. */
    static UUID firstIdAt(Instant time) {
        return UuidCreator.getTimeOrderedEpochMin(time);
    }

    /**
     * Holds one back: what happens meanwhile waits for it.
     *
     * @throws Refusal NOT_FOUND
     */
    public Endpoint pause(String tenant, UUID id) {
        return database.inTransaction(handle -> {
            locked(handle, tenant, id);
            handle.execute("update endpoints set status = 'paused', changed_at = now() where id = ?", id);
            return one(handle, tenant, id);
        });
    }

    /**
     * Lets one that is paused or disabled go on, with all that has waited for it.
     *
     * @param since what is of before then is discarded; null: nothing is
     * @throws Refusal NOT_FOUND
     */
    public Endpoint resume(String tenant, UUID id, @Nullable Instant since) {
        Endpoint resumed = database.inTransaction(handle -> {
            locked(handle, tenant, id);
            if (since != null) {
                discardPending(handle, id, since);
            }
            handle.execute(
                    "update endpoints set status = 'active', reason = null, failing_since = null, changed_at = now()"
                            + " where id = ?",
                    id);
            handle.execute(
                    "update deliveries set due_at = now() where endpoint = ? and status = 'pending' and due_at > now()",
                    id);
            announce(handle);
            return one(handle, tenant, id);
        });
        log.info("endpoint.resumed endpoint={} tenant={}", id, tenant);
        return resumed;
    }

    static void announce(Handle handle) {
        handle.execute("select pg_notify('" + Lanes.CHANNEL + "', '')");
    }

    /**
     * Puts another secret in the place of one's own, which signs on for a while.
     *
     * @throws Refusal NOT_FOUND; CONFLICT when it has signed here before
     */
    public Rotated rotate(String tenant, UUID id, String secret) {
        Instant oldUntil = database.inTransaction(handle -> {
            locked(handle, tenant, id);
            if (known(handle, id, secret)) {
                throw new Refusal(
                        Refusal.Reason.CONFLICT, "this secret is one of webhook " + id + " already: send another");
            }
            forgetOld(handle, id);
            Instant until = expire(handle, id);
            addSecret(handle, id, secret);
            return until;
        });
        log.info("endpoint.secret-rotated endpoint={} tenant={}", id, tenant);
        return new Rotated(secret, oldUntil);
    }

    private static boolean known(Handle handle, UUID id, String secret) {
        return handle.createQuery("select 1 from endpoint_secrets where endpoint = :id and secret = :secret")
                .bind("id", id)
                .bind("secret", secret)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static void forgetOld(Handle handle, UUID id) {
        handle.createUpdate(
                        """
                        delete from endpoint_secrets where endpoint = :id and (expires_at < now() or secret not in
                          (select secret from endpoint_secrets where endpoint = :id order by created_at desc limit :kept))""")
                .bind("id", id)
                .bind("kept", OLD_SECRETS)
                .execute();
    }

    private Instant expire(Handle handle, UUID id) {
        return handle.createQuery(
                        """
                        with expiring as (
                          update endpoint_secrets set expires_at = now() + :seconds * interval '1 second'
                          where endpoint = :id and expires_at is null)
                        select now() + :seconds * interval '1 second'""")
                .bind("id", id)
                .bind("seconds", overlap.toSeconds())
                .mapTo(Instant.class)
                .one();
    }

    /** The secrets that sign an endpoint's deliveries now, the newest first. */
    List<String> secrets(UUID id) {
        return database.withHandle(handle -> handle.createQuery("select secret from endpoint_secrets"
                        + " where endpoint = :id and (expires_at is null or expires_at > now())"
                        + " order by created_at desc")
                .bind("id", id)
                .mapTo(String.class)
                .list());
    }

    /**
     * Delivers again what was delivered, given up or discarded, the oldest first, up to 10,000 a call.
     *
     * @throws Refusal NOT_FOUND
     */
    public Replayed replay(String tenant, UUID id, Again which) {
        int replayed = database.inTransaction(handle -> {
            locked(handle, tenant, id);
            int again = handle.createUpdate(
                            """
                            with chosen as (
                              select id from deliveries
                              where endpoint = :endpoint and id >= :from and id < :until and status = :status
                                and (cardinality(cast(:types as text[])) = 0 or type = any (:types))
                              order by id limit :most)
                            update deliveries set status = 'pending', attempts = 0, due_at = now(), ended_at = null
                            from chosen where deliveries.id = chosen.id""")
                    .bind("endpoint", id)
                    .bind("from", firstIdAt(which.since()))
                    .bind("until", which.until() == null ? new UUID(-1, -1) : firstIdAt(which.until()))
                    .bind("status", which.status())
                    .bindArray("types", String.class, which.types().toArray())
                    .bind("most", MOST_REPLAYED)
                    .execute();
            announce(handle);
            return again;
        });
        log.info("endpoint.replayed endpoint={} tenant={} deliveries={}", id, tenant, replayed);
        return new Replayed(replayed, replayed == MOST_REPLAYED);
    }

    private Endpoint endpoint(ResultSet row, StatementContext context) throws SQLException {
        return Endpoint.of(
                row.getObject("id", UUID.class),
                draft(row),
                row.getString("status"),
                row.getString("reason"),
                time(row, "failing_since").orElse(null),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("changed_at").toInstant());
    }

    private EndpointDraft draft(ResultSet row) throws SQLException {
        String auth = row.getString("auth");
        return new EndpointDraft(
                row.getString("url"),
                row.getString("description"),
                Arrays.asList((String[]) row.getArray("types").getArray()),
                row.getString("filter"),
                row.getString("ordering"),
                row.getString("when_exhausted"),
                row.getObject("rate", Integer.class),
                row.getString("format"),
                row.getString("signatures"),
                read(row.getString("headers"), new TypeReference<Map<String, String>>() {}),
                auth == null ? null : read(auth, new TypeReference<JsonNode>() {}));
    }

    static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("headers and credentials are always JSON", e);
        }
    }

    private <T> T read(String text, TypeReference<T> as) {
        try {
            return json.readValue(text, as);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored endpoint cannot be read", e);
        }
    }
}
