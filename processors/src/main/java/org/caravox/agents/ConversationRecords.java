package org.caravox.agents;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.caravox.agents.ConversationTurn.Who;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The conversations of tenants with their agents, turn by turn. */
public final class ConversationRecords {

    /** What a caller said earlier is told to the model as far as this many turns back. */
    private static final int REMEMBERED = 40;

    private final Jdbi database;
    private final Clock clock;

    public ConversationRecords(Jdbi database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** One begins. */
    void begin(ConversationRecord begun) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into conversations (id, tenant, agent, caller, user_id, door, started_at)
                        values (:id, :tenant, :agent, :caller, :userId, :door, :startedAt) on conflict do nothing""")
                .bind("id", begun.id())
                .bind("tenant", begun.tenant())
                .bind("agent", begun.agent())
                .bind("caller", clean(begun.caller()))
                .bind("userId", clean(begun.userId()))
                .bind("door", begun.door())
                .bind("startedAt", begun.startedAt())
                .execute());
    }

    /** What PostgreSQL does not keep. */
    private static String clean(String text) {
        return text.replace("\0", "");
    }

    /** Somebody has said something. */
    void add(String tenant, UUID conversation, ConversationTurn turn) {
        TurnLatency latency = turn.latency();
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into conversation_turns (conversation, tenant, number, who, text, interrupted, at, tools,
                          heard_ms, turn_end_ms, model_first_ms, audio_first_ms, packet_first_ms)
                        select id, tenant,
                          (select coalesce(max(t.number), 0) + 1 from conversation_turns t
                             where t.tenant = :tenant and t.conversation = :conversation), :who, :text, :interrupted, :at, :tools,
                          :heard, :turnEnd, :modelFirst, :audioFirst, :packetFirst
                        from conversations where id = :conversation and tenant = :tenant""")
                .bind("conversation", conversation)
                .bind("tenant", tenant)
                .bind("who", turn.who() == Who.CALLER ? "caller" : "agent")
                .bind("text", clean(turn.text()))
                .bind("interrupted", turn.interrupted())
                .bind("at", turn.at())
                .bindArray("tools", String.class, turn.tools().toArray())
                .bind("heard", millis(latency == null ? null : latency.heard()))
                .bind("turnEnd", millis(latency == null ? null : latency.turnEnd()))
                .bind("modelFirst", millis(latency == null ? null : latency.modelFirst()))
                .bind("audioFirst", millis(latency == null ? null : latency.audioFirst()))
                .bind("packetFirst", millis(latency == null ? null : latency.packetFirst()))
                .execute());
    }

    private static @Nullable Integer millis(@Nullable Duration time) {
        return time == null ? null : (int) Math.min(Integer.MAX_VALUE, time.toMillis());
    }

    /** It is over. */
    void end(String tenant, UUID conversation, Instant at, String how) {
        database.useHandle(handle -> handle.createUpdate(
                        "update conversations set ended_at = :at, how = :how" + " where id = :id and tenant = :tenant")
                .bind("id", conversation)
                .bind("tenant", tenant)
                .bind("at", at)
                .bind("how", how)
                .execute());
    }

    /** The last turns of the newest conversation of this caller with this agent, where it ended no longer ago. */
    List<ConversationTurn> before(String tenant, String agent, String caller, UUID now, Duration within) {
        if (!caller.matches(".*[0-9].*")) { // anonymous, restricted: that is nobody in particular
            return List.of();
        }
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select * from (
                          select t.* from conversation_turns t where t.tenant = :tenant and t.conversation = (
                            select id from conversations where tenant = :tenant and agent = :agent and caller = :caller
                              and id <> :now and ended_at >= :since order by ended_at desc limit 1)
                          order by number desc limit :most) last order by number""")
                .bind("tenant", tenant)
                .bind("agent", agent)
                .bind("caller", clean(caller))
                .bind("now", now)
                .bind("since", clock.instant().minus(within))
                .bind("most", REMEMBERED)
                .map((row, context) -> turn(row))
                .list());
    }

    /**
     * One of a tenant's.
     *
     * @throws Refusal NOT_FOUND when the tenant has none
     */
    public ConversationRecord get(String tenant, UUID id) {
        return find(tenant, id)
                .orElseThrow(() -> Refusal.notFound("conversation " + id + " not found for tenant " + tenant
                        + ": a call has one when an agent took it, and it may have expired"));
    }

    /** One of a tenant's, if there is one. */
    public Optional<ConversationRecord> find(String tenant, UUID id) {
        return database.withHandle(
                handle -> handle.createQuery("select * from conversations where tenant = :tenant and id = :id")
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .map((row, context) -> new ConversationRecord(
                                id,
                                tenant,
                                row.getString("agent"),
                                row.getString("caller"),
                                row.getString("user_id"),
                                row.getString("door"),
                                row.getTimestamp("started_at").toInstant(),
                                instant(row, "ended_at"),
                                row.getString("how")))
                        .findOne());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    /** What was said in one of a tenant's, in order; empty when the tenant has no such conversation. */
    public List<ConversationTurn> turns(String tenant, UUID conversation) {
        return database.withHandle(handle -> handle.createQuery("select * from conversation_turns"
                        + " where tenant = :tenant and conversation = :id order by number")
                .bind("tenant", tenant)
                .bind("id", conversation)
                .map((row, context) -> turn(row))
                .list());
    }

    private static ConversationTurn turn(ResultSet row) throws SQLException {
        TurnLatency latency = new TurnLatency(
                duration(row, "heard_ms"),
                duration(row, "turn_end_ms"),
                duration(row, "model_first_ms"),
                duration(row, "audio_first_ms"),
                duration(row, "packet_first_ms"));
        return new ConversationTurn(
                row.getInt("number"),
                row.getString("who").equals("caller") ? Who.CALLER : Who.AGENT,
                row.getString("text"),
                row.getBoolean("interrupted"),
                row.getTimestamp("at").toInstant(),
                latency.turnEnd() == null ? null : latency,
                Arrays.asList((String[]) row.getArray("tools").getArray()));
    }

    private static @Nullable Duration duration(ResultSet row, String column) throws SQLException {
        int millis = row.getInt(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    /** Removes those that began before a moment, with their turns; says how many. */
    public int clean(Instant before) {
        return database.withHandle(handle -> handle.createUpdate("delete from conversations where started_at < :before")
                .bind("before", before)
                .execute());
    }
}
