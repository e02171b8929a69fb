package org.caravox.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.f4b6a3.uuid.UuidCreator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What was changed, by whom: written in the transaction of the change, and streamed when there is a topic. */
public final class AuditLog {

    /**
     * A change that is to be audited.
     *
     * @param <T> what comes of it
     * @param <X> what it throws when it fails
     */
    @FunctionalInterface
    public interface Change<T, X extends Exception> {

        /** Makes it. */
        T make() throws X;
    }

    /**
     * An act as it is shown.
     *
     * @param actor     the id of the key; {@code admin} to tenants, when an operator did it
     * @param actorName what the key was called then; null when it is not for the reader, or nobody's key
     * @param tenant    for operators only
     * @param details   JSON
     * @param node      which hub did it; for operators only
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            UUID id,
            Instant at,
            String act,
            String actor,
            @Nullable String actorName,
            @Nullable String subject,
            @JsonRawValue String details,
            @Nullable String tenant,
            @Nullable String node) {}

    /**
     * Which acts are wanted.
     *
     * @param tenant whose; null is everybody's and nobody's
     * @param act    like {@code webhook.created}; null is any
     * @param actor  the id of a key, {@code admin} or {@code hub}; null is anybody
     * @param from   at or after then
     * @param to     before then
     * @param after  the last id of the page before
     */
    public record Search(
            @Nullable String tenant,
            @Nullable String act,
            @Nullable String actor,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable UUID after,
            int limit) {}

    private static final String WRITE =
            """
            with written as (
              insert into audit (tenant, actor, actor_name, admin, act, subject, details, node)
              values (:tenant, :actor, (select name from api_keys where id::text = :actor), :admin, :act, :subject,
                      cast(:details as jsonb), :node)
              returning *)
            insert into outbox (event, tenant, subject, type, at, target, destination, key, data)
            select id, tenant, subject, act, at, 'audit', :topic, coalesce(tenant, actor), jsonb_build_object(
                     'actor', actor, 'actorName', actor_name, 'admin', admin, 'details', details, 'node', node)
            from written where cast(:topic as text) is not null""";

    private static final String PAGE =
            """
            select * from audit
            where (cast(:tenant as text) is null or tenant = :tenant)
              and (cast(:act as text) is null or act = :act)
              and (cast(:actor as text) is null or case when :actor = 'admin' then admin else
                     actor = :actor and (:operator or not admin) end)
              and (cast(:from as uuid) is null or id >= cast(:from as uuid))
              and (cast(:to as uuid) is null or id < cast(:to as uuid))
              and (cast(:after as uuid) is null or id < cast(:after as uuid))
            order by id desc limit :limit""";

    private final Jdbi database;
    private final ObjectMapper json;
    private final String node;
    private final @Nullable String topic;
    private final Duration keep;

    /**
     * The log.
     *
     * @param node  the name of this hub
     * @param topic of Kafka, where acts are streamed to; null is nowhere
     * @param keep  how long acts are kept
     */
    public AuditLog(Jdbi database, ObjectMapper json, String node, @Nullable String topic, Duration keep) {
        this.database = database;
        this.json = json;
        this.node = node;
        this.topic = topic;
        this.keep = keep;
    }

    /**
     * Makes a change and writes it down: both or, when it throws, neither. What it writes to the database it must write
     * on this thread.
     *
     * @param act what was done, as what came of it tells; empty when there was nothing to do
     * @return what came of it
     */
    public <T, X extends Exception> T together(Change<T, X> change, Function<T, Optional<Act>> act) throws X {
        return database.<T, X>inTransaction(handle -> {
            T made = change.make();
            act.apply(made).ifPresent(done -> write(handle, done));
            return made;
        });
    }

    private void write(Handle handle, Act act) {
        handle.createUpdate(WRITE)
                .bind("tenant", act.tenant())
                .bind("actor", act.actor())
                .bind("admin", act.admin())
                .bind("act", act.name())
                .bind("subject", act.subject())
                .bind("details", text(act))
                .bind("node", node)
                .bind("topic", topic)
                .execute();
    }

    private String text(Act act) {
        try {
            return json.writeValueAsString(act.details());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the details of an act are JSON", e);
        }
    }

    /**
     * The latest first.
     *
     * @param operator whether it is for operators, who also see tenants, nodes and each other's keys
     */
    public List<Entry> list(Search wanted, boolean operator) {
        return database.withHandle(handle -> handle.createQuery(PAGE)
                .bind("tenant", wanted.tenant())
                .bind("act", wanted.act())
                .bind("actor", wanted.actor())
                .bind("operator", operator)
                .bind("from", firstIdAt(wanted.from()))
                .bind("to", firstIdAt(wanted.to()))
                .bind("after", wanted.after())
                .bind("limit", wanted.limit())
                .map((row, context) -> entry(row, operator))
                .list());
    }

    /** Ids sort by time: this one is before all that are made then. */
    private static @Nullable UUID firstIdAt(@Nullable Instant time) {
        return time == null ? null : UuidCreator.getTimeOrderedEpochMin(time);
    }

    private static Entry entry(ResultSet row, boolean operator) throws SQLException {
        boolean known = operator || !row.getBoolean("admin");
        return new Entry(
                row.getObject("id", UUID.class),
                row.getTimestamp("at").toInstant(),
                row.getString("act"),
                known ? row.getString("actor") : Act.ADMIN,
                known ? row.getString("actor_name") : null,
                row.getString("subject"),
                row.getString("details"),
                operator ? row.getString("tenant") : null,
                operator ? row.getString("node") : null);
    }

    /** Removes what has been kept long enough. */
    public void clean(Instant now) {
        database.useHandle(handle -> handle.createUpdate("delete from audit where id < :before")
                .bind("before", firstIdAt(now.minus(keep)))
                .execute());
    }
}
