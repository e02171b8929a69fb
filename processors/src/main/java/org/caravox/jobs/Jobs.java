package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
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
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Refusal;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionMetrics.Outcome;
import org.caravox.transcription.TranscriptionRequest;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs, as those who ask for them see them: submit, look, cancel, retry. Working on them is {@link JobLeases}. */
public final class Jobs {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private static final String COLUMNS =
            "id, status, user_id, priority, attempts, error, fault, batch, item, message_id,"
                    + " progress_ms, audio_ms, webhook_status, created_at, started_at, due_at, ended_at";

    private static final String INSERT =
            """
            insert into jobs (id, tenant, user_id, status, priority, request, audio_ms, created_at, due_at,
                              webhook_url, webhook_status, batch, item, message_id)
            values (:id, :tenant, :userId, 'queued', :priority, cast(:request as jsonb), :audioMs, :createdAt,
                    now(), :webhookUrl, :webhookStatus, cast(:batch as uuid), :item, :messageId)
            on conflict do nothing""";

    private static final String BACK_TO_THE_QUEUE =
            """
            update jobs set status = 'queued', attempts = 0, due_at = now(), dispatched_at = null, ended_at = null,
                   progress_ms = 0, error = null, fault = null, discarded_at = null,
                   webhook_status = case when webhook_url is null then null else 'waiting' end
            from chosen where jobs.id = chosen.id returning jobs.id""";

    private static final int MOST_FAILURES = 50;
    private static final String CANCELLED =
            """
            status = 'cancelled', ended_at = now(), lease_until = null, fence = fence + 1,
            webhook_status = case when webhook_url is null then null else 'pending' end""";

    private static final int MOST_CANCELLED_TOGETHER = 1_000;

    /**
     * What to look for.
     *
     * @param status only those that stand so; null is all
     * @param userId one user's only; null is all
     * @param batch  one batch's only; null is all
     * @param item   the one that its batch calls so; null is all
     * @param after  the last id of the page before; null is the first page
     * @param limit  how many at most
     */
    public record Search(
            @Nullable JobStatus status,
            @Nullable String userId,
            @Nullable UUID batch,
            @Nullable String item,
            @Nullable UUID after,
            int limit) {}

    private final Jdbi database;
    private final ObjectMapper json;
    private final AudioStore audio;
    private final KeptRecordings recordings;
    private final Endings endings;
    private final TranscriptionMetrics metrics;

    public Jobs(
            Jdbi database,
            ObjectMapper json,
            AudioStore audio,
            KeptRecordings recordings,
            Endings endings,
            TranscriptionMetrics metrics) {
        this.database = database;
        this.json = json;
        this.audio = audio;
        this.recordings = recordings;
        this.endings = endings;
        this.metrics = metrics;
    }

    /** Writes a job down; once this returns it will be done, whatever crashes. The same request twice is one job. */
    public Job submit(@Body TranscriptionRequest request) throws IOException {
        return submit(Submission.of(request));
    }

    /**
     * Writes a job down. What was submitted before, by its id, its name in its batch or its message's id, is one job.
     *
     * @return the job, as it stands
     */
    public Job submit(Submission submission) throws IOException {
        return submitIf(submission, handle -> {});
    }

    /**
     * Writes a job down, as {@link #submit(Submission)}, unless a check in the same transaction throws.
     *
     * @param check what has to hold until the job is written
     * @return the job, as it stands
     */
    public Job submitIf(Submission submission, Consumer<Handle> check) throws IOException {
        TranscriptionRequest request = submission.request();
        if (request.uploaded() && !recordings.elsewhere()) {
            audio.secure(request.id());
        }
        UUID job = database.inTransaction(handle -> {
            check.accept(handle);
            if (submit(handle, List.of(submission)) == 1) {
                if (request.uploaded()) {
                    keep(handle, request.id());
                }
                return request.id();
            }
            return known(handle, submission);
        });
        log.info("job.queued job={} tenant={} priority={}", job, request.tenant(), request.priority());
        return get(request.tenant(), job);
    }

    /** The copy here goes before others can see the job: a worker of this hub may want to make its own. */
    private void keep(Handle handle, UUID job) throws IOException {
        recordings.keep(handle, job);
        if (recordings.elsewhere()) {
            audio.drop(job);
        }
    }

    /**
     * Writes jobs down as part of a transaction; those that were submitted before are left as they are. Recordings are
     * not looked at.
     *
     * @return how many are new
     */
    public int submit(Handle handle, List<Submission> submissions) {
        PreparedBatch batch = handle.prepareBatch(INSERT);
        for (Submission submission : submissions) {
            TranscriptionRequest request = submission.request();
            Duration length = request.audioDuration();
            URI webhook = request.webhookUrl();
            batch.bind("id", request.id())
                    .bind("tenant", request.tenant())
                    .bind("userId", request.userId())
                    .bind("priority", request.priority())
                    .bind("request", write(request))
                    .bind("audioMs", length == null ? null : length.toMillis())
                    .bind("createdAt", request.receivedAt())
                    .bind("webhookUrl", webhook == null ? null : webhook.toString())
                    .bind("webhookStatus", webhook == null ? null : "waiting")
                    .bind("batch", submission.batch())
                    .bind("item", submission.item())
                    .bind("messageId", submission.messageId())
                    .add();
        }
        return Arrays.stream(batch.execute()).sum();
    }

    private static UUID known(Handle handle, Submission submission) {
        return handle.createQuery(
                        """
                        select id from jobs where tenant = :tenant
                          and (id = :id or (batch = cast(:batch as uuid) and item = :item) or message_id = :messageId)""")
                .bind("tenant", submission.request().tenant())
                .bind("id", submission.request().id())
                .bind("batch", submission.batch())
                .bind("item", submission.item())
                .bind("messageId", submission.messageId())
                .mapTo(UUID.class)
                .first();
    }

    /**
     * One job of a tenant.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Job get(String tenant, UUID id) {
        return database.withHandle(handle -> handle.createQuery(
                                "select " + COLUMNS + " from jobs where tenant = :tenant and id = :id")
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .map((row, context) -> job(row))
                        .findOne())
                .orElseThrow(() ->
                        Refusal.notFound("job " + id + " not found for tenant " + tenant + ": it may have expired"));
    }

    /**
     * One job of a tenant, with the attempts at it that failed: the last of them, when there were many.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Job withHistory(String tenant, UUID id) {
        Job job = get(tenant, id);
        return job.with(database.withHandle(handle -> handle.createQuery(
                        """
                        select * from (select * from job_failures where job = :id order by fence desc limit :most) last
                        order by fence""")
                .bind("id", id)
                .bind("most", MOST_FAILURES)
                .map((row, context) -> FailedAttempt.of(row))
                .list()));
    }

    /** A tenant's jobs, newest first. */
    public List<Job> list(String tenant, Search search) {
        Map<String, Object> bound = new HashMap<>(Map.of("tenant", tenant, "limit", search.limit()));
        StringBuilder where = new StringBuilder("tenant = :tenant");
        add(
                where,
                bound,
                "status = :status",
                "status",
                search.status() == null ? null : search.status().word());
        add(where, bound, "user_id = :userId", "userId", search.userId());
        add(where, bound, "batch = :batch", "batch", search.batch());
        add(where, bound, "item = :item", "item", search.item());
        add(where, bound, "id < :after", "after", search.after());
        return database.withHandle(handle -> handle.createQuery(
                        "select " + COLUMNS + " from jobs where " + where + " order by id desc limit :limit")
                .bindMap(bound)
                .map((row, context) -> job(row))
                .list());
    }

    private static void add(
            StringBuilder where, Map<String, Object> bound, String condition, String name, @Nullable Object value) {
        if (value != null) {
            where.append(" and ").append(condition);
            bound.put(name, value);
        }
    }

    /**
     * What a job was asked to do.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public TranscriptionRequest request(String tenant, UUID id) {
        get(tenant, id);
        return database.withHandle(handle -> handle.createQuery("select request from jobs where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .map(this::read)
                .one());
    }

    /**
     * Ends a job that has not ended; a worker that is at it stops.
     *
     * @throws Refusal CONFLICT when it has ended already
     */
    public Job cancel(String tenant, UUID id) {
        get(tenant, id);
        boolean cancelled = end(tenant, id);
        Job now = get(tenant, id);
        if (cancelled) {
            metrics.count(Outcome.CANCELLED, null);
            log.info("job.cancelled job={} tenant={}", id, tenant);
        } else if (now.status() != JobStatus.CANCELLED) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "job " + id + " has ended already: it is " + now.status().word());
        }
        return now;
    }

    private boolean end(String tenant, UUID id) {
        return database.inTransaction(handle -> {
            int changed = handle.createUpdate("update jobs set " + CANCELLED
                            + " where tenant = :tenant and id = :id and status in ('queued', 'running')")
                    .bind("tenant", tenant)
                    .bind("id", id)
                    .execute();
            if (changed == 1) {
                endings.record(handle, List.of(id));
            }
            return changed == 1;
        });
    }

    /**
     * Ends all jobs of a batch that have not ended; workers that are at them stop. Some thousand go at a time, and those
     * that somebody is just writing to go last and one by one, so that nobody waits for anybody who waits for them.
     */
    public void cancelAll(String tenant, UUID batch) {
        int cancelled = 0;
        for (int some = cancelSome(tenant, batch); some > 0; some = cancelSome(tenant, batch)) {
            cancelled += some;
        }
        for (UUID job : left(tenant, batch)) {
            cancelled += end(tenant, job) ? 1 : 0;
        }
        for (int i = 0; i < cancelled; i++) {
            metrics.count(Outcome.CANCELLED, null);
        }
        log.info("batch.cancelled batch={} tenant={} jobs={}", batch, tenant, cancelled);
    }

    private int cancelSome(String tenant, UUID batch) {
        return database.inTransaction(handle -> {
            List<UUID> ended = handle.createQuery(
                            "update jobs set " + CANCELLED
                                    + """

                            where id in (select id from jobs
                                          where tenant = :tenant and batch = :batch and status in ('queued', 'running')
                                          limit :most for update skip locked)
                            returning id""")
                    .bind("tenant", tenant)
                    .bind("batch", batch)
                    .bind("most", MOST_CANCELLED_TOGETHER)
                    .mapTo(UUID.class)
                    .list();
            endings.record(handle, ended);
            return ended.size();
        });
    }

    private List<UUID> left(String tenant, UUID batch) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select id from jobs
                        where tenant = :tenant and batch = :batch and status in ('queued', 'running')""")
                .bind("tenant", tenant)
                .bind("batch", batch)
                .mapTo(UUID.class)
                .list());
    }

    /**
     * Puts a job that failed or was cancelled back in the queue, with all its attempts before it.
     *
     * @throws Refusal CONFLICT when it is not one of those
     */
    public Job retry(String tenant, UUID id) {
        get(tenant, id);
        int changed = database.inTransaction(handle -> again(
                handle,
                """
                select id from jobs
                where tenant = :tenant and id = :id and status in ('failed', 'cancelled') for update""",
                Map.of("tenant", tenant, "id", id)));
        if (changed == 0) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "only a failed or cancelled job can be retried, job " + id + " is "
                            + get(tenant, id).status().word());
        }
        log.info("job.retried job={} tenant={}", id, tenant);
        return get(tenant, id);
    }

    /**
     * Puts jobs back in the queue, with all their attempts before them. What failed before stays written down.
     *
     * @param choose a query for the ids of jobs that have ended but are not done, which locks them
     * @return how many
     */
    static int again(Handle handle, String choose, Map<String, ?> bound) {
        List<UUID> jobs = handle.createQuery("with chosen as (" + choose + ") " + BACK_TO_THE_QUEUE)
                .bindMap(bound)
                .mapTo(UUID.class)
                .list();
        if (!jobs.isEmpty()) {
            Endings.revoke(handle, jobs);
            handle.execute("select pg_notify('" + JobLeases.CHANNEL + "', '')");
        }
        return jobs.size();
    }

    /** How many jobs wait, of all tenants. */
    public long depth() {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select (select count(*) from jobs where status = 'queued' and dispatched_at is null)
                          + (select count(*) from jobs where status = 'queued' and dispatched_at is not null)""")
                .mapTo(Long.class)
                .one());
    }

    /** Removes ended jobs and events that are older than they are kept; an event stays while a delivery of it does. */
    public void cleanEnded(JobSettings settings, Instant now) {
        database.useHandle(handle -> handle.createUpdate(
                        "delete from jobs where status in ('completed', 'failed', 'cancelled') and ended_at < :before"
                                + " and webhook_status is distinct from 'pending'")
                .bind("before", now.minus(settings.keep()))
                .execute());
        database.useHandle(handle -> handle.createUpdate("delete from events where at < :before"
                        + " and not exists (select from deliveries d where d.event = events.id)")
                .bind("before", now.minus(settings.keep()))
                .execute());
    }

    /** Removes recordings on this hub's disk that no job needs. */
    public void cleanDisk(Instant now) throws IOException {
        for (UUID kept : audio.keptBefore(now.minusSeconds(3600))) {
            if (database.withHandle(handle -> !needed(handle, kept))) {
                audio.drop(kept);
            }
        }
    }

    /**
     * A fetched recording is needed while its job is under way; an upload also for a retry, unless this is a copy.
     */
    private boolean needed(Handle handle, UUID id) {
        return handle.createQuery(
                        """
                        select 1 from jobs where id = :id and (status = 'running' or (not :copy
                          and (status = 'queued'
                            or (status in ('failed', 'cancelled') and request ->> 'audioUrl' is null))))""")
                .bind("id", id)
                .bind("copy", recordings.elsewhere())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static Job job(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        JobStatus status = JobStatus.of(row.getString("status"));
        long audioMs = row.getLong("audio_ms");
        Double audioSeconds = row.wasNull() ? null : audioMs / 1000.0;
        String webhook = row.getString("webhook_status");
        return new Job(
                id,
                status,
                row.getString("user_id"),
                row.getInt("priority"),
                row.getInt("attempts"),
                row.getString("error"),
                row.getString("fault"),
                row.getObject("batch", UUID.class),
                row.getString("item"),
                row.getString("message_id"),
                row.getLong("progress_ms") / 1000.0,
                audioSeconds,
                status == JobStatus.COMPLETED ? "/transcripts/" + id : null,
                webhook,
                instant(row, "created_at").orElseThrow(),
                instant(row, "started_at").orElse(null),
                status == JobStatus.QUEUED ? instant(row, "due_at").orElse(null) : null,
                instant(row, "ended_at").orElse(null),
                null);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private TranscriptionRequest read(String request) {
        try {
            return json.readValue(request, TranscriptionRequest.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String write(TranscriptionRequest request) {
        try {
            return json.writeValueAsString(request);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
