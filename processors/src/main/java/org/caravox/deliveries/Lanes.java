package org.caravox.deliveries;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.caravox.deliveries.Delivery.Kind;
import org.caravox.deliveries.Outcome.Next;
import org.caravox.deliveries.OwnMessages.OwnMessage;
import org.caravox.events.Events;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries as rows: each endpoint has a lane, and each webhook that jobs name themselves one for its tenant and
 * host. A hub that holds a lane's lease delivers what is due in it; what it writes down is guarded by the lane's fencing
 * number, so that an overtaken hub changes nothing.
 */
public final class Lanes {

    /** The PostgreSQL channel on which new deliveries are announced. */
    public static final String CHANNEL = "caravox_deliveries";

    /** What the lanes of webhooks that jobs name themselves begin with. */
    private static final String OF_A_HOST = "host:";

    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    /** A lane in this hub's hands. */
    record Claim(String lane, long fence) {}

    /** How many deliveries a lane has room for. */
    record Room(String lane, int deliveries) {}

    /**
     * What is next in a lane.
     *
     * @param rate    deliveries a second at most; null is any
     * @param ordered whether what has been written down lets others go
     */
    record Fetched(@Nullable Integer rate, boolean ordered, List<Delivery> deliveries) {}

    /**
     * What is to be written down of an attempt.
     *
     * @param retryIn the wait before the next attempt; null when there is none
     */
    record Done(
            Delivery delivery, long fence, Outcome outcome, Instant at, Duration latency, @Nullable Duration retryIn) {

        String status() {
            if (outcome.next() == Next.DELIVERED) {
                return "delivered";
            }
            return retryIn == null ? "failed" : "pending";
        }
    }

    /** How much is waiting, and since when. */
    record Backlog(long pending, Duration oldest) {}

    private record Endpoint(
            UUID id,
            Kind kind,
            @Nullable String name,
            @Nullable String url,
            boolean ordered,
            boolean parks,
            @Nullable Integer rate,
            boolean cloudEvents,
            boolean asymmetric,
            Map<String, String> headers,
            @Nullable String auth,
            List<String> secrets) {}

    /** The lanes are found by jumping from one to the next in the index, however many deliveries each has. */
    private static final String CLAIM =
            """
            with recursive waiting as (
              (select lane from deliveries where status = 'pending' order by lane limit 1)
              union all
              select (select d.lane from deliveries d where d.status = 'pending' and d.lane > w.lane
                      order by d.lane limit 1)
              from waiting w where w.lane is not null),
            free as (
              select w.lane from waiting w left join lanes l on l.id = w.lane
              where w.lane is not null and (l.lease_until is null or l.lease_until < now())
                and exists (select from deliveries d
                            where d.lane = w.lane and d.status = 'pending' and d.due_at <= now())
                and (w.lane like 'host:%' or exists (
                       select from endpoints e where e.status = 'active'
                         and e.id = case when w.lane like 'host:%' then null else w.lane::uuid end))
              limit :most)
            insert into lanes (id, owner, fence, lease_until)
            select lane, :node, 1, now() + :lease * interval '1 millisecond' from free order by lane
            on conflict (id) do update set owner = excluded.owner, fence = lanes.fence + 1,
                                           lease_until = excluded.lease_until
            where lanes.lease_until is null or lanes.lease_until < now()
            returning id, fence""";

    /** Locked in one order by all who lock them, so that none waits for the other. */
    private static final String MINE =
            """
            select lanes.id from lanes join unnest(:lanes, :fences) as asked (id, fence)
              on lanes.id = asked.id and lanes.fence = asked.fence
            order by lanes.id for no key update of lanes""";

    private static final String NEXT =
            """
            select d.*, v.at, v.data, n.webhook_secret
            from unnest(:lanes, :rooms, :ordered, :parks) as asked (lane, room, ordered, parks)
            cross join lateral (
              select id, tenant, endpoint, url, lane, event, seq, type, subject, attempts from deliveries d
              where d.lane = asked.lane and d.status = 'pending' and d.due_at <= now() and d.id <> all(:busy)
                and (not asked.ordered or not exists (
                       select from deliveries p where p.lane = d.lane and p.subject = d.subject
                         and p.status = 'pending' and p.seq < d.seq))
                and (not asked.parks or not exists (
                       select from deliveries p where p.lane = d.lane and p.subject = d.subject
                         and p.status = 'failed' and p.seq < d.seq))
              order by d.due_at, d.seq limit asked.room) d
            join tenants n on n.id = d.tenant
            left join events v on v.seq = d.seq and d.endpoint is not null
            where d.endpoint is null or v.seq is not null
            order by d.seq""";

    private static final String ENDPOINTS =
            """
            select e.id, e.kind, e.name, e.url, e.ordering, e.when_exhausted, e.rate, e.format, e.signatures,
                   e.headers, e.auth,
                   array(select s.secret from endpoint_secrets s
                         where s.endpoint = e.id and (s.expires_at is null or s.expires_at > now())
                         order by s.expires_at desc nulls first, s.created_at desc) as secrets
            from endpoints e where e.id = any(:ids) and e.status = 'active'""";

    private static final String RECORD =
            """
            with given as (
              select * from unnest(:ids, :lanes, :fences, :states, :counted, :waits, :statuses, :faults, :errors,
                                   :responses, :at, :latencies)
                as given (id, lane, fence, state, counted, wait, status, fault, error, response, at, latency)),
            held as materialized (
              select id, fence from lanes where id in (select lane from given) order by id for share),
            done as (
              update deliveries d
              set status = given.state, attempts = d.attempts + given.counted,
                  due_at = case when given.wait is null then d.due_at
                                else now() + given.wait * interval '1 millisecond' end,
                  ended_at = case when given.state = 'pending' then null else now() end,
                  last_status = given.status, fault = given.fault, error = given.error
              from given join held on held.id = given.lane and held.fence = given.fence
              where d.id = given.id and d.status = 'pending'
              returning d.id, d.endpoint, d.subject, d.status),
            tried as (
              insert into delivery_attempts (delivery, at, latency_ms, status, fault, error, response, node)
              select given.id, cast(given.at as timestamptz), given.latency, given.status, given.fault, given.error,
                     given.response, :node
              from given join done using (id)
              on conflict do nothing),
            told as (
              update jobs set webhook_status = done.status from done
              where done.endpoint is null and done.status <> 'pending' and jobs.id = done.subject
                and jobs.webhook_status = 'pending')
            select count(*) from done""";

    private final Jdbi database;
    private final ObjectMapper json;
    private final DeliverySettings settings;
    private final OwnMessages ownMessages;
    private final Events events;

    public Lanes(Jdbi database, ObjectMapper json, DeliverySettings settings, OwnMessages ownMessages, Events events) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.ownMessages = ownMessages;
        this.events = events;
    }

    /** Takes lanes that nobody holds and in which something is due. */
    List<Claim> claim(int most) {
        return database.withHandle(handle -> handle.createQuery(CLAIM)
                .bind("most", most)
                .bind("node", settings.node())
                .bind("lease", settings.lease().toMillis())
                .map((row, context) -> new Claim(row.getString("id"), row.getLong("fence")))
                .list());
    }

    /**
     * Says that this hub is alive.
     *
     * @return the lanes among these that it still holds
     */
    Set<String> renew(Collection<Claim> claims) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        with mine as ("""
                                + MINE
                                + """
                        ) update lanes set lease_until = now() + :lease * interval '1 millisecond'
                        from mine where lanes.id = mine.id returning lanes.id""")
                .bind("lease", settings.lease().toMillis())
                .bindArray("lanes", String.class, each(claims, Claim::lane))
                .bindArray("fences", Long.class, each(claims, Claim::fence))
                .mapTo(String.class)
                .collectIntoSet());
    }

    /** Gives lanes back: another hub may take them at once. */
    void release(Collection<Claim> claims) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        with mine as ("""
                                + MINE
                                + """
                        ) update lanes set lease_until = null from mine where lanes.id = mine.id""")
                .bindArray("lanes", String.class, each(claims, Claim::lane))
                .bindArray("fences", Long.class, each(claims, Claim::fence))
                .execute());
    }

    /**
     * What is due, by lane; a lane whose endpoint is not active is left out.
     *
     * @param busy deliveries that are under way
     */
    Map<String, Fetched> next(Collection<Room> rooms, Collection<UUID> busy) {
        return database.withHandle(handle -> {
            Map<String, Endpoint> endpoints = endpoints(handle, rooms);
            List<Room> open = rooms.stream()
                    .filter(room -> room.lane().startsWith(OF_A_HOST) || endpoints.containsKey(room.lane()))
                    .toList();
            Map<String, Fetched> next = new HashMap<>();
            open.forEach(room -> next.put(
                    room.lane(),
                    new Fetched(
                            Optional.ofNullable(endpoints.get(room.lane()))
                                    .map(Endpoint::rate)
                                    .orElse(null),
                            is(endpoints.get(room.lane()), Endpoint::ordered),
                            new ArrayList<>())));
            for (Row row : rows(handle, open, endpoints, busy)) {
                Optional.ofNullable(next.get(row.lane()))
                        .ifPresent(lane -> lane.deliveries().add(row.delivery()));
            }
            return next;
        });
    }

    private record Row(String lane, Delivery delivery) {}

    private record Own(
            UUID id,
            String tenant,
            String url,
            String lane,
            UUID event,
            String type,
            UUID job,
            int attempt,
            String secret) {}

    private List<Row> rows(Handle handle, List<Room> open, Map<String, Endpoint> endpoints, Collection<UUID> busy) {
        if (open.isEmpty()) {
            return List.of();
        }
        List<Row> rows = new ArrayList<>();
        List<Own> own = new ArrayList<>();
        handle.createQuery(NEXT)
                .bindArray("lanes", String.class, each(open, Room::lane))
                .bindArray("rooms", Integer.class, each(open, Room::deliveries))
                .bindArray(
                        "ordered", Boolean.class, each(open, room -> is(endpoints.get(room.lane()), Endpoint::ordered)))
                .bindArray("parks", Boolean.class, each(open, room -> is(endpoints.get(room.lane()), Endpoint::parks)))
                .bindArray("busy", UUID.class, busy.toArray())
                .map((row, context) -> {
                    Endpoint endpoint = endpoints.get(row.getString("lane"));
                    if (endpoint == null) {
                        own.add(own(row));
                    } else {
                        rows.add(new Row(row.getString("lane"), delivery(row, endpoint)));
                    }
                    return row.getLong("seq");
                })
                .list();
        rows.addAll(messages(handle, own));
        return rows;
    }

    private static boolean is(@Nullable Endpoint endpoint, Function<Endpoint, Boolean> what) {
        return endpoint != null && what.apply(endpoint);
    }

    private Map<String, Endpoint> endpoints(Handle handle, Collection<Room> rooms) {
        Object[] ids = rooms.stream()
                .map(Room::lane)
                .filter(lane -> !lane.startsWith(OF_A_HOST))
                .map(UUID::fromString)
                .toArray();
        if (ids.length == 0) {
            return Map.of();
        }
        return handle
                .createQuery(ENDPOINTS)
                .bindArray("ids", UUID.class, ids)
                .map((row, context) -> endpoint(row))
                .stream()
                .collect(Collectors.toMap(endpoint -> endpoint.id().toString(), endpoint -> endpoint));
    }

    private Endpoint endpoint(ResultSet row) throws SQLException {
        int rate = row.getInt("rate");
        boolean limited = !row.wasNull();
        boolean ordered = row.getString("ordering").equals("call");
        return new Endpoint(
                row.getObject("id", UUID.class),
                Kind.of(row.getString("kind")),
                row.getString("name"),
                row.getString("url"),
                ordered,
                ordered && row.getString("when_exhausted").equals("park"),
                limited ? rate : null,
                row.getString("format").equals("cloudevents"),
                row.getString("signatures").contains("v1a"),
                headers(row.getString("headers")),
                row.getString("auth"),
                texts(row.getArray("secrets")));
    }

    private Map<String, String> headers(String stored) {
        try {
            return json.readValue(stored, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
    }

    private static Delivery delivery(ResultSet row, Endpoint endpoint) throws SQLException {
        Envelope envelope = new Envelope(
                "evt_" + row.getObject("event", UUID.class),
                row.getString("type"),
                row.getString("subject"),
                row.getTimestamp("at").toInstant(),
                row.getString("tenant"),
                row.getString("data"));
        return new Delivery(
                row.getObject("id", UUID.class),
                row.getString("tenant"),
                endpoint.id(),
                endpoint.kind(),
                endpoint.name(),
                row.getString("lane"),
                envelope.id(),
                envelope.type(),
                row.getObject("subject", UUID.class),
                row.getInt("attempts") + 1,
                envelope.whole(),
                endpoint.url() == null ? null : target(endpoint, endpoint.url(), envelope));
    }

    private static Target target(Endpoint endpoint, String url, Envelope envelope) {
        return new Target(
                URI.create(url),
                "POST",
                endpoint.headers(),
                endpoint.secrets(),
                endpoint.asymmetric(),
                endpoint.auth(),
                endpoint.cloudEvents() ? Envelope.CLOUD_EVENT : Envelope.JSON,
                endpoint.cloudEvents() ? envelope.cloudEvent() : envelope.standard());
    }

    private static Own own(ResultSet row) throws SQLException {
        return new Own(
                row.getObject("id", UUID.class),
                row.getString("tenant"),
                row.getString("url"),
                row.getString("lane"),
                row.getObject("event", UUID.class),
                row.getString("type"),
                row.getObject("subject", UUID.class),
                row.getInt("attempts") + 1,
                row.getString("webhook_secret"));
    }

    private List<Row> messages(Handle handle, List<Own> own) {
        if (own.isEmpty()) {
            return List.of();
        }
        Map<UUID, OwnMessage> messages =
                ownMessages.of(handle, own.stream().map(Own::job).toList());
        return own.stream()
                .flatMap(each -> Optional.ofNullable(messages.get(each.job()))
                        .map(message -> new Row(each.lane(), delivery(each, message)))
                        .stream())
                .toList();
    }

    private static Delivery delivery(Own own, OwnMessage message) {
        return new Delivery(
                own.id(),
                own.tenant(),
                null,
                Kind.JOB,
                null,
                own.lane(),
                "evt_" + own.event(),
                own.type(),
                own.job(),
                own.attempt(),
                message.body(),
                new Target(
                        URI.create(own.url()),
                        message.method(),
                        message.headers(),
                        List.of(own.secret()),
                        false,
                        null,
                        Envelope.JSON,
                        message.body()));
    }

    /** Writes down what came of attempts, all or none of it; those of lanes that were lost change nothing. */
    void record(List<Done> done) {
        database.useTransaction(handle -> {
            recordAttempts(handle, done);
            recordHealth(handle, done);
        });
    }

    private void recordAttempts(Handle handle, List<Done> done) {
        handle.createQuery(RECORD)
                .bindArray("ids", UUID.class, each(done, each -> each.delivery().id()))
                .bindArray("lanes", String.class, each(done, each -> each.delivery()
                        .lane()))
                .bindArray("fences", Long.class, each(done, Done::fence))
                .bindArray("states", String.class, each(done, Done::status))
                .bindArray(
                        "counted",
                        Integer.class,
                        each(done, each -> each.outcome().next() == Next.POSTPONE ? 0 : 1))
                .bindArray(
                        "waits",
                        Long.class,
                        each(
                                done,
                                each -> each.retryIn() == null
                                        ? null
                                        : each.retryIn().toMillis()))
                .bindArray("statuses", Integer.class, each(done, each -> each.outcome()
                        .status()))
                .bindArray("faults", String.class, each(done, Lanes::fault))
                .bindArray(
                        "errors",
                        String.class,
                        each(done, each -> text(each.outcome().error())))
                .bindArray(
                        "responses",
                        String.class,
                        each(done, each -> text(each.outcome().response())))
                .bindArray("at", String.class, each(done, each -> each.at().toString()))
                .bindArray("latencies", Integer.class, each(done, each ->
                        (int) each.latency().toMillis()))
                .bind("node", settings.node())
                .mapTo(Integer.class)
                .one();
    }

    private static @Nullable String fault(Done done) {
        Fault fault = done.outcome().fault();
        return fault == null ? null : fault.word();
    }

    /** PostgreSQL keeps no NUL characters. */
    private static @Nullable String text(@Nullable String told) {
        return told == null ? null : told.replace("\0", "");
    }

    private void recordHealth(Handle handle, List<Done> done) {
        Set<UUID> well = endpoints(done, Next.DELIVERED);
        Set<UUID> failing = endpoints(done, Next.RETRY);
        failing.removeAll(well);
        Set<UUID> gone = endpoints(done, Next.DISABLE);
        if (!well.isEmpty()) {
            handle.createUpdate(
                            "update endpoints set failing_since = null where id = any(:ids) and failing_since is not null")
                    .bindArray("ids", UUID.class, well.toArray())
                    .execute();
        }
        if (!failing.isEmpty()) {
            handle.createUpdate(
                            "update endpoints set failing_since = now() where id = any(:ids) and failing_since is null")
                    .bindArray("ids", UUID.class, failing.toArray())
                    .execute();
        }
        if (!failing.isEmpty() || !gone.isEmpty()) {
            disable(handle, failing, gone);
        }
    }

    private static Set<UUID> endpoints(List<Done> done, Next next) {
        return done.stream()
                .filter(each -> each.outcome().next() == next)
                .flatMap(each -> Optional.ofNullable(each.delivery().endpoint()).stream())
                .collect(Collectors.toSet());
    }

    private void disable(Handle handle, Set<UUID> failing, Set<UUID> gone) {
        record Disabled(UUID id, String tenant, String kind, String url, String reason) {}
        List<Disabled> disabled = handle.createQuery(
                        """
                        update endpoints set status = 'disabled', changed_at = now(),
                               reason = case when id = any(:gone)
                                             then 'it answered with HTTP status 410: it wants nothing any more'
                                             else 'nothing arrived there since ' || to_char(
                                               failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end
                        where status = 'active' and (id = any(:gone)
                          or (id = any(:failing) and failing_since < now() - :after * interval '1 millisecond'))
                        returning id, tenant, kind, coalesce(url, name, '') as url, reason""")
                .bindArray("gone", UUID.class, gone.toArray())
                .bindArray("failing", UUID.class, failing.toArray())
                .bind("after", settings.disableAfter().toMillis())
                .map((row, context) -> new Disabled(
                        row.getObject("id", UUID.class),
                        row.getString("tenant"),
                        row.getString("kind"),
                        row.getString("url"),
                        row.getString("reason")))
                .list();
        for (Disabled each : disabled) {
            log.warn("endpoint.disabled endpoint={} tenant={} reason=\"{}\"", each.id(), each.tenant(), each.reason());
            events.record(
                    handle,
                    each.tenant(),
                    "endpoint.disabled",
                    each.id(),
                    Map.of("endpointId", each.id(), "kind", each.kind(), "reason", each.reason()));
        }
    }

    /** How much is waiting. */
    Backlog backlog() {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select count(*) as pending,
                               coalesce(extract(epoch from now() - min(created_at)), 0)::bigint as oldest
                        from deliveries where status = 'pending'""")
                .map((row, context) -> new Backlog(row.getLong("pending"), Duration.ofSeconds(row.getLong("oldest"))))
                .one());
    }

    /** Removes deliveries that are older than they are kept, and lanes that nothing is in. */
    public void clean(Instant now) {
        database.useHandle(handle -> {
            handle.createUpdate("delete from deliveries where created_at < :before")
                    .bind("before", now.minus(settings.keep()))
                    .execute();
            handle.execute("delete from lanes l where lease_until is null and not exists (select from deliveries d"
                    + " where d.lane = l.id and d.status = 'pending')");
        });
    }

    private static <T> Object[] each(Collection<T> all, Function<T, @Nullable Object> part) {
        return all.stream().map(part).toArray();
    }
}
