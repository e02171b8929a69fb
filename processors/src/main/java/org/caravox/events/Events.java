package org.caravox.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Where events are written. Those of jobs are always written, by those who end jobs; the others cost nothing where nobody
 * listens: they are written for tenants that have an endpoint, and for all when there is a stream.
 */
public final class Events {

    /** Any number, the same in all hubs: whoever holds this lock of PostgreSQL's tells of a day. */
    private static final long DAY_LOCK = 0x6361_7261_766f_7836L;

    /**
     * Common table expressions that write the events of another, {@code happened (tenant, type, subject, data)}; their
     * parameter is bound by {@link #bind}.
     */
    public static final String TOLD =
            """
            heard as materialized (
              select h.*, time_id() as event from happened h
              where cast(:eventTopic as text) is not null
                 or exists (select from endpoints e where e.tenant = h.tenant and e.status <> 'deleted')),
            told as (
              insert into events (id, tenant, type, subject, data) select event, tenant, type, subject, data from heard),
            streamed as (
              insert into outbox (event, tenant, job, type, target, destination, key, data)
              select event, tenant, subject, type, 'stream', cast(:eventTopic as text), subject::text, data from heard
              where cast(:eventTopic as text) is not null)""";

    private static final String ONE =
            """
            with happened as (
              select cast(:tenant as text) as tenant, cast(:type as text) as type, cast(:subject as uuid) as subject,
                     cast(:data as jsonb) as data),
            """
                    + TOLD + " select count(*) from heard";

    private static final String WANTED =
            """
            cast(:eventTopic as text) is not null
              or exists (select from endpoints e where e.tenant = :tenant and e.status <> 'deleted'
                           and (e.types = '{}' or :type = any(e.types)))""";

    /** There are many of them, so that those whom nobody gets are not written. */
    private static final String ONE_IF_WANTED =
            """
            with happened as (
              select cast(:tenant as text) as tenant, cast(:type as text) as type, cast(:subject as uuid) as subject,
                     cast(:data as jsonb) as data
              where ("""
                    + WANTED + "))," + TOLD + " select count(*) from heard";

    private static final String USAGE_OF_A_DAY =
            """
            with happened as (
              select u.tenant, 'usage.daily' as type, time_id() as subject, jsonb_build_object(
                       'day', cast(:day as text), 'requests', count(*),
                       'audioSeconds', trim_scale(coalesce(sum(audio_ms), 0) / 1000.0),
                       'inputTokens', coalesce(sum(input_tokens), 0), 'outputTokens', coalesce(sum(output_tokens), 0),
                       'characters', coalesce(sum(characters), 0), 'cost', coalesce(sum(cost), 0),
                       'unpriced', count(*) filter (where cost is null)) as data
              from usage u where at >= :from and at < :to
                and not exists (select from events e where e.at >= :to and e.type = 'usage.daily'
                                  and e.tenant = u.tenant and e.data ->> 'day' = :day)
              group by u.tenant),
            """
                    + TOLD + " select count(*) from heard";

    private final ObjectMapper json;
    private final @Nullable String topic;

    /** @param topic of Kafka, where events are streamed to; null is nowhere */
    public Events(ObjectMapper json, @Nullable String topic) {
        this.json = json;
        this.topic = topic;
    }

    /** Binds what {@link #TOLD} needs. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        return statement.bind("eventTopic", topic);
    }

    /** The same, for a statement whose parameters are a map. */
    public Map<String, Object> with(Map<String, Object> bound) {
        Map<String, Object> all = new HashMap<>(bound);
        all.put("eventTopic", topic);
        return all;
    }

    /**
     * Writes an event, as part of the transaction that makes the change.
     *
     * @param type    as in the catalogue, {@code lead.scored}
     * @param subject the job, transcript, call or endpoint that it tells of; events of one subject are in order
     * @param data    what it tells, as JSON; under 20 KB
     */
    public void record(Handle handle, String tenant, String type, UUID subject, Map<String, ?> data) {
        record(ONE, handle, tenant, type, subject, data);
    }

    /** Whether {@link #recordIfWanted} would write an event now. */
    public boolean isWanted(Handle handle, String tenant, String type) {
        return bind(handle.createQuery("select " + WANTED))
                .bind("tenant", tenant)
                .bind("type", type)
                .mapTo(Boolean.class)
                .one();
    }

    /** The same for events of which there are many: written when an endpoint of the tenant gets its type, or a stream. */
    public void recordIfWanted(Handle handle, String tenant, String type, UUID subject, Map<String, ?> data) {
        record(ONE_IF_WANTED, handle, tenant, type, subject, data);
    }

    private void record(String sql, Handle handle, String tenant, String type, UUID subject, Map<String, ?> data) {
        bind(handle.createQuery(sql))
                .bind("tenant", tenant)
                .bind("type", type)
                .bind("subject", subject)
                .bind("data", write(data))
                .mapTo(Integer.class)
                .one();
    }

    /**
     * Tells each tenant what it used on a day; who has been told is not told again.
     *
     * @param day in UTC
     */
    public void recordUsage(Handle handle, LocalDate day) {
        handle.createQuery("select 1 from pg_advisory_xact_lock(:lock)")
                .bind("lock", DAY_LOCK)
                .mapTo(Integer.class)
                .one();
        bind(handle.createQuery(USAGE_OF_A_DAY))
                .bind("day", day.toString())
                .bind("from", day.atStartOfDay().atOffset(ZoneOffset.UTC))
                .bind("to", day.plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .one();
    }

    private String write(Map<String, ?> data) {
        try {
            return json.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the data of an event is JSON", e);
        }
    }
}
