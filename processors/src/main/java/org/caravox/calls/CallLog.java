package org.caravox.calls;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.caravox.calls.CallEnd.By;
import org.caravox.calls.CallEnd.Cause;
import org.caravox.calls.media.MediaStats;
import org.caravox.events.Events;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The records of calls. */
public final class CallLog {

    /** The types of events that tell of calls. */
    public static final String STARTED = "call.started";

    public static final String ANSWERED = "call.answered";
    public static final String ENDED = "call.ended";

    /** Of a call that goes on, the column media tells of its time in the queue; that is kept when it ends. */
    private static final String STATUS =
            """
            case when status <> 'ended' and media -> 'queue' is not null and media -> 'queue' -> 'until' is null then 'queued' else status end""";

    private static final String COLUMNS = "id, tenant, user_id, direction, " + STATUS + " as status,"
            + """
             trunk, from_number, from_name, to_number, route, agent, sip_call_id,
            transport, metadata, node, started_at, answered_at, ended_at, ended_by, cause, sip_status, reason, media,
            (select sum(cost) from usage u where u.tenant = calls.tenant and u.request = any(requests || id)) as cost""";

    /** A hub that has not spoken for so long is gone, and its calls with it. */
    private static final Duration GONE = Duration.ofSeconds(90);

    /**
     * A call, as lists and reports show it. Times are in UTC.
     *
     * @param queuedSeconds how long the caller waited for a place; null while they do, or when they did not
     * @param talkedSeconds from the answer, or the place in the queue that they got, to the end; null while it goes on, or
     *                      when nobody took it
     * @param media         codec, packets, jitter, estimated quality; null while it goes on
     * @param cost          of the providers that were asked for it, as the price list was; null when nothing is known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            UUID id,
            String tenant,
            String userId,
            String direction,
            String status,
            @Nullable String trunk,
            String from,
            @Nullable String fromName,
            String to,
            String route,
            @Nullable String agent,
            String sipCallId,
            String transport,
            @Nullable JsonNode metadata,
            String node,
            Instant startedAt,
            @Nullable Instant answeredAt,
            @Nullable Instant endedAt,
            @Nullable Double queuedSeconds,
            @Nullable Double talkedSeconds,
            @Nullable String endedBy,
            @Nullable String cause,
            @Nullable Integer sipStatus,
            @Nullable String reason,
            @Nullable JsonNode media,
            @Nullable BigDecimal cost) {}

    /**
     * What to look for.
     *
     * @param tenant whose; null is everybody's
     * @param status {@code ringing}, {@code queued}, {@code answered} or {@code ended}; null is all
     * @param number who rang or was rung; null is all
     * @param agent  who talked; null is all
     * @param from   begun at or after; null is any time
     * @param until  begun before; null is any time
     * @param after  the last id of the page before; null is the first page
     * @param limit  how many at most
     */
    public record Search(
            @Nullable String tenant,
            @Nullable String status,
            @Nullable String number,
            @Nullable String agent,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable UUID after,
            int limit) {}

    private final Jdbi database;
    private final Events events;
    private final ObjectMapper json;
    private final String node;
    private final Clock clock;

    /** @param node this hub */
    public CallLog(Jdbi database, Events events, ObjectMapper json, String node, Clock clock) {
        this.database = database;
        this.events = events;
        this.json = json;
        this.node = node;
        this.clock = clock;
    }

    /** It rings. */
    void began(CallRequest call) {
        database.useTransaction(handle -> {
            handle.createUpdate(
                            """
                            insert into calls (id, tenant, user_id, direction, status, trunk, from_number, from_name, to_number,
                                               route, agent, sip_call_id, address, transport, headers, metadata, node, started_at)
                            values (:id, :tenant, :userId, :direction, 'ringing', :trunk, :from, :fromName, :to, :route, :agent,
                                    :sipCallId, :address, :transport, cast(:headers as jsonb), cast(:metadata as jsonb), :node,
                                    :startedAt)
                            on conflict do nothing""")
                    .bind("id", call.id())
                    .bind("tenant", call.tenant())
                    .bind("userId", clean(call.userId()))
                    .bind("direction", call.direction())
                    .bind("trunk", call.trunk())
                    .bind("from", clean(call.from()))
                    .bind("fromName", call.fromName() == null ? null : clean(call.fromName()))
                    .bind("to", clean(call.to()))
                    .bind("route", call.route())
                    .bind("agent", call.agent())
                    .bind("sipCallId", clean(call.sipCallId()))
                    .bind("address", call.address())
                    .bind("transport", call.transport())
                    .bind("headers", write(call.headers()))
                    .bind("metadata", call.metadata() == null ? null : write(call.metadata()))
                    .bind("node", node)
                    .bind("startedAt", call.startedAt())
                    .execute();
            events.record(handle, call.tenant(), STARTED, call.id(), facts(call));
        });
    }

    /** It was answered. */
    void answered(CallRequest call, Instant at) {
        database.useTransaction(handle -> {
            int changed = handle.createUpdate(
                            """
                            update calls set status = 'answered', answered_at = :at
                            where id = :id and tenant = :tenant and status = 'ringing'""")
                    .bind("id", call.id())
                    .bind("tenant", call.tenant())
                    .bind("at", at)
                    .execute();
            if (changed == 1) {
                events.record(handle, call.tenant(), ANSWERED, call.id(), facts(call));
            }
        });
    }

    /** There is no place for it, and the caller waits. */
    void queued(CallRequest call, Instant since) {
        queue(call, Map.of("since", since.toString()));
    }

    /** The wait is over. */
    void unqueued(CallRequest call, Instant since, Instant until, boolean placed) {
        queue(call, Map.of("since", since.toString(), "until", until.toString(), "placed", placed));
    }

    private void queue(CallRequest call, Map<String, Object> queue) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        update calls set media = coalesce(media, '{}') || cast(:queue as jsonb)
                        where id = :id and tenant = :tenant and status <> 'ended'""")
                .bind("id", call.id())
                .bind("tenant", call.tenant())
                .bind("queue", write(Map.of("queue", queue)))
                .execute());
    }

    /** It is over. */
    void ended(CallRequest call, CallEnd end, Instant at, Optional<MediaStats> media, Set<UUID> requests) {
        database.useTransaction(handle -> ended(
                handle,
                call.tenant(),
                call.id(),
                end,
                at,
                media.map(CallLog::shown).map(this::write).orElse(null),
                requests));
    }

    private void ended(
            Handle handle,
            String tenant,
            UUID id,
            CallEnd end,
            Instant at,
            @Nullable String media,
            Set<UUID> requests) {
        int changed = handle.createUpdate(
                        """
                        update calls set status = 'ended', ended_at = greatest(:at, coalesce(answered_at, started_at)),
                               ended_by = :by, cause = :cause, sip_status = :status, reason = :reason,
                               media = nullif(coalesce(media, '{}') || coalesce(cast(:media as jsonb), '{}'), '{}'), requests = :requests
                        where id = :id and tenant = :tenant and status <> 'ended'""")
                .bind("id", id)
                .bind("tenant", tenant)
                .bind("at", at)
                .bind("by", end.by().word())
                .bind("cause", end.cause().word())
                .bind("status", end.status() == 0 ? null : end.status())
                .bind("reason", clean(end.reason()))
                .bind("media", media)
                .bindArray("requests", UUID.class, List.copyOf(requests))
                .execute();
        if (changed == 1) {
            find(handle, tenant, id).ifPresent(row -> events.record(handle, tenant, ENDED, id, told(row)));
        }
    }

    private static Map<String, Object> shown(MediaStats stats) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("codec", stats.codec());
        shown.put("encrypted", stats.encrypted());
        shown.put("packetsSent", stats.sent());
        shown.put("packetsReceived", stats.received());
        shown.put("packetsLost", stats.lost());
        shown.put("packetsLate", stats.late());
        shown.put("packetsDuplicated", stats.duplicated());
        shown.put("packetsRefused", stats.refused());
        shown.put("packetsSentLate", stats.lateSent());
        shown.put("concealedMs", stats.concealed().toMillis());
        shown.put("jitterMs", millis(stats.jitter()));
        shown.put("roundTripMs", millis(stats.roundTrip()));
        shown.put("mos", Math.round(stats.mos() * 100) / 100.0);
        return shown;
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 10_000.0) / 100.0;
    }

    private static Map<String, Object> facts(CallRequest call) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("callId", call.id());
        data.put("userId", clean(call.userId()));
        data.put("direction", call.direction());
        data.put("from", clean(call.from()));
        data.put("to", clean(call.to()));
        put(data, "trunk", call.trunk());
        put(data, "agent", call.agent());
        data.put("startedAt", call.startedAt().toString());
        return data;
    }

    private static Map<String, Object> told(Row row) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("callId", row.id());
        data.put("userId", row.userId());
        data.put("direction", row.direction());
        data.put("from", row.from());
        data.put("to", row.to());
        put(data, "trunk", row.trunk());
        put(data, "agent", row.agent());
        data.put("startedAt", row.startedAt().toString());
        put(
                data,
                "answeredAt",
                row.answeredAt() == null ? null : row.answeredAt().toString());
        put(data, "endedAt", row.endedAt() == null ? null : row.endedAt().toString());
        put(data, "queuedSeconds", row.queuedSeconds());
        put(data, "talkedSeconds", row.talkedSeconds());
        put(data, "endedBy", row.endedBy());
        put(data, "cause", row.cause());
        put(data, "sipStatus", row.sipStatus());
        put(data, "cost", row.cost());
        return data;
    }

    private static void put(Map<String, Object> data, String name, @Nullable Object value) {
        if (value != null) {
            data.put(name, value);
        }
    }

    // ---- what a hub leaves behind
    // -----------------------------------------------------------------------------------------

    /** Says that these go on. To be called more often than every minute. */
    public void alive(Set<UUID> calls) {
        if (calls.isEmpty()) {
            return;
        }
        database.useHandle(handle -> handle.createUpdate("update calls set alive_at = now() where id = any(:ids)")
                .bindArray("ids", UUID.class, List.copyOf(calls))
                .execute());
    }

    /**
     * Ends the records of calls whose hub is gone; each is told of once.
     *
     * @return how many there were
     */
    public int endLost() {
        return database.inTransaction(handle -> {
            List<Map<String, Object>> lost = handle.createQuery(
                            """
                            select id, tenant from calls where status <> 'ended' and alive_at < now() - :gone * interval '1 second'
                            order by id limit 500 for update skip locked""")
                    .bind("gone", GONE.toSeconds())
                    .mapToMap()
                    .list();
            for (Map<String, Object> one : lost) {
                ended(
                        handle,
                        String.valueOf(one.get("tenant")),
                        UUID.fromString(String.valueOf(one.get("id"))),
                        new CallEnd(By.HUB, Cause.HUB_LOST, 0, "the hub that carried it was lost"),
                        clock.instant(),
                        null,
                        Set.of());
            }
            return lost.size();
        });
    }

    /** Removes the records of calls that ended so long ago. */
    public int clean(Duration keep) {
        return database.withHandle(
                handle -> handle.createUpdate("delete from calls where status = 'ended' and ended_at < :before")
                        .bind("before", clock.instant().minus(keep))
                        .execute());
    }

    // ---- who looks
    // ------------------------------------------------------------------------------------------------------

    /** Calls, latest first. */
    public List<Row> list(Search search) {
        return database.withHandle(handle -> handle.createQuery(
                        "select " + COLUMNS
                                + """
                           from calls
                          where (cast(:tenant as text) is null or tenant = :tenant)
                            and (cast(:status as text) is null or :status ="""
                                + " (" + STATUS + "))"
                                + """

                            and (cast(:number as text) is null or :number in (from_number, to_number))
                            and (cast(:agent as text) is null or agent = :agent)
                            and (cast(:from as timestamptz) is null or started_at >= cast(:from as timestamptz))
                            and (cast(:until as timestamptz) is null or started_at < cast(:until as timestamptz))
                            and (cast(:after as uuid) is null or id < cast(:after as uuid))
                          order by id desc limit :limit""")
                .bind("tenant", search.tenant())
                .bind("status", search.status())
                .bind("number", search.number())
                .bind("agent", search.agent())
                .bind("from", search.from())
                .bind("until", search.until())
                .bind("after", search.after())
                .bind("limit", search.limit())
                .map((row, context) -> read(row))
                .list());
    }

    /**
     * One of a tenant's, or with null anybody's.
     *
     * @throws Refusal NOT_FOUND when there is no such call
     */
    public Row get(@Nullable String tenant, UUID id) {
        return database.withHandle(handle -> find(handle, tenant, id))
                .orElseThrow(() -> Refusal.notFound("call " + id + " not found"));
    }

    private Optional<Row> find(Handle handle, @Nullable String tenant, UUID id) {
        return handle.createQuery("select " + COLUMNS
                        + " from calls where id = :id and (cast(:tenant as text) is null or tenant = :tenant)")
                .bind("id", id)
                .bind("tenant", tenant)
                .map((row, context) -> read(row))
                .findOne();
    }

    private Row read(ResultSet row) throws SQLException {
        Instant answered = time(row, "answered_at");
        Instant ended = time(row, "ended_at");
        int status = row.getInt("sip_status");
        JsonNode media = tree(row.getString("media"));
        Queued queued = Queued.of(media);
        return new Row(
                row.getObject("id", UUID.class),
                row.getString("tenant"),
                row.getString("user_id"),
                row.getString("direction"),
                row.getString("status"),
                row.getString("trunk"),
                row.getString("from_number"),
                row.getString("from_name"),
                row.getString("to_number"),
                row.getString("route"),
                row.getString("agent"),
                row.getString("sip_call_id"),
                row.getString("transport"),
                tree(row.getString("metadata")),
                row.getString("node"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                answered,
                ended,
                queued == null ? null : queued.seconds(ended),
                answered == null || ended == null || (queued != null && !queued.placed())
                        ? null
                        : seconds(queued == null ? answered : queued.taken(answered), ended),
                row.getString("ended_by"),
                row.getString("cause"),
                status == 0 ? null : status,
                row.getString("reason"),
                shown(media),
                row.getBigDecimal("cost"));
    }

    /**
     * A time in the queue.
     *
     * @param until null while it goes on, and when it ended with the call
     */
    private record Queued(Instant since, @Nullable Instant until, boolean placed) {

        static @Nullable Queued of(@Nullable JsonNode media) {
            JsonNode queue = media == null ? null : media.get("queue");
            return queue == null
                    ? null
                    : new Queued(
                            Instant.parse(queue.get("since").textValue()),
                            queue.has("until")
                                    ? Instant.parse(queue.get("until").textValue())
                                    : null,
                            queue.path("placed").asBoolean());
        }

        @Nullable
        Double seconds(@Nullable Instant ended) {
            Instant left = until == null ? ended : until;
            return left == null ? null : CallLog.seconds(since, left);
        }

        Instant taken(Instant answered) {
            return until != null && until.isAfter(answered) ? until : answered;
        }
    }

    private static double seconds(Instant from, Instant until) {
        return Math.max(0, Duration.between(from, until).toMillis() / 1000.0);
    }

    private static @Nullable JsonNode shown(@Nullable JsonNode media) {
        if (media instanceof ObjectNode audio) {
            audio.remove("queue");
            return audio.isEmpty() ? null : audio;
        }
        return media;
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private @Nullable JsonNode tree(@Nullable String text) {
        try {
            return text == null ? null : json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds JSON", e);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value).replace("\\u0000", "");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("what is kept of a call is JSON", e);
        }
    }

    /** PostgreSQL keeps no NUL. */
    private static String clean(String text) {
        return text.replace("\0", "");
    }
}
