package org.caravox.jobs;

import java.util.Collection;
import java.util.UUID;
import org.caravox.deliveries.Lanes;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is written when jobs end, in the transaction that ends them: one event each, and where it is to be sent. Jobs
 * that came by a queue are answered where their message said.
 */
public final class Endings {

    /** The form under which the door notes of a request hold {@code target}, {@code destination} and {@code key}. */
    public static final String QUEUE_FORM = "queue";

    /** Whose turn a job's own webhook waits for: a tenant's messages to one host are one lane. */
    private static final String LANE =
            "'host:' || tenant || ':' || substring(webhook_url from '^[A-Za-z]+://([^/?#]+)')";

    private static final String RECORD =
            """
            with ended as (
              select id, tenant, 'job.' || status as type, request -> 'door' as door, gen_random_uuid() as event,
                     webhook_url, webhook_status = 'pending' as webhook, %1$s as lane,
                     jsonb_strip_nulls(jsonb_build_object('jobId', id, 'status', status, 'userId', user_id,
                       'batchId', batch, 'item', item, 'messageId', message_id, 'attempts', attempts,
                       'audioSeconds', trim_scale(audio_ms / 1000.0), 'error', error, 'fault', fault,
                       'createdAt', created_at, 'endedAt', ended_at)) as data
              from jobs where id = any(:ids)),
            told as (
              insert into events (id, tenant, type, subject, data) select event, tenant, type, id, data from ended
              returning id, seq),
            own as (
              insert into deliveries (tenant, url, lane, event, seq, type, subject)
              select tenant, webhook_url, lane, event, seq, type, ended.id
              from ended join told on told.id = ended.event where webhook),
            due as (
              insert into outbox (event, tenant, job, type, target, destination, key, data)
              select event, tenant, id, type, 'stream', cast(:topic as text), id::text, data from ended
              where cast(:topic as text) is not null
              union all
              select event, tenant, id, type, door #>> '{notes,target}', door #>> '{notes,destination}',
                     door #>> '{notes,key}', data
              from ended where door ->> 'form' = 'queue')
            select count(*) from ended where webhook"""
                    .formatted(LANE);

    private final @Nullable String topic;

    /** @param topic where events are streamed to; null is nowhere */
    public Endings(@Nullable String topic) {
        this.topic = topic;
    }

    /** What still was to be told of former ends of these jobs is told no more: they are to end again. */
    static void revoke(Handle handle, Collection<UUID> ids) {
        handle.createUpdate("update deliveries d set status = 'discarded', ended_at = now()"
                        + " from (select id, " + LANE + " as lane from jobs where id = any(:ids)"
                        + " and webhook_url is not null) job"
                        + " where d.lane = job.lane and d.subject = job.id and d.status = 'pending'"
                        + " and d.endpoint is null")
                .bindArray("ids", UUID.class, ids.toArray())
                .execute();
    }

    /** Writes down that these jobs have ended, as their rows now say. */
    void record(Handle handle, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return;
        }
        int webhooks = handle.createQuery(RECORD)
                .bindArray("ids", UUID.class, ids.toArray())
                .bind("topic", topic)
                .mapTo(Integer.class)
                .one();
        if (webhooks > 0) {
            handle.execute("select pg_notify('" + Lanes.CHANNEL + "', '')");
        }
    }
}
