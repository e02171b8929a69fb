package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.resilience4j.retry.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionMetrics.Outcome;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs, as those who work on them see them. A job's end, its transcript and the order to tell its webhook are one
 * transaction, guarded by the fencing number: whatever crashes, a job ends once.
 */
public final class JobLeases implements LeasedWork {

    private static final Logger log = LoggerFactory.getLogger(JobLeases.class);

    static final String CHANNEL = "caravox_jobs";
    private static final String OVERTAKEN = "overtaken";
    private static final int MOST_TOGETHER = 100;

    private static final String FROM_QUEUE_TO_RUNNING =
            """
            status = 'running', attempts = attempts + 1, fence = fence + 1, started_at = now(), dispatched_at = null,
            lease_owner = :node, lease_until = now() + :lease * interval '1 second', progress_ms = 0""";

    private static final String MOST_URGENT = "with recursive " + Waiting.TENANTS
            + """
            , busy as (select tenant, count(*) as jobs from jobs where status = 'running' group by tenant)
            select due.id
            from tenants_waiting w left join busy using (tenant)
            cross join lateral ("""
            + Waiting.DUE
            + """
             limit 1 for update skip locked) due
            where w.tenant is not null
            order by coalesce(busy.jobs, 0), due.priority desc, due.due_at limit 1""";

    private record Completion(Lease lease, TranscriptionRequest request, Transcript transcript) {}

    private final Jdbi database;
    private final ObjectMapper json;
    private final JobSettings settings;
    private final Transcripts transcripts;
    private final Endings endings;
    private final AudioStore audio;
    private final KeptRecordings recordings;
    private final TranscriptionMetrics metrics;
    private final Clock clock;
    private final Together<UUID, Optional<Lease>> claims = new Together<>(MOST_TOGETHER, this::claimAll);
    private final Together<Completion, Boolean> completions = new Together<>(MOST_TOGETHER, this::completeAll);
    private final Map<UUID, Duration> progress = new ConcurrentHashMap<>();

    public JobLeases(
            Jdbi database,
            ObjectMapper json,
            JobSettings settings,
            Transcripts transcripts,
            Endings endings,
            AudioStore audio,
            KeptRecordings recordings,
            TranscriptionMetrics metrics,
            Clock clock) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.transcripts = transcripts;
        this.endings = endings;
        this.audio = audio;
        this.recordings = recordings;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String channel() {
        return CHANNEL;
    }

    @Override
    public Duration lease() {
        return settings.lease();
    }

    /** Of the tenants that have jobs waiting, the one with the fewest under way is next, with its most urgent. */
    @Override
    public Optional<Lease> claim() {
        return database.withHandle(handle -> handle.createQuery("with chosen as (" + MOST_URGENT + ") update jobs set "
                        + FROM_QUEUE_TO_RUNNING
                        + " where id = (select id from chosen) returning id, fence, request")
                .bind("node", settings.node())
                .bind("lease", settings.lease().toSeconds())
                .map((row, context) -> lease(row))
                .findOne());
    }

    /**
     * Takes the job that a message names; empty when it is done, cancelled or in other hands. While the database is away,
     * it is waited for.
     */
    public Optional<Lease> claim(UUID job) {
        return patiently(() -> claims.ask(job));
    }

    private List<Optional<Lease>> claimAll(List<UUID> jobs) {
        Map<UUID, Lease> claimed = database.withHandle(handle -> handle.createQuery("update jobs set "
                        + FROM_QUEUE_TO_RUNNING
                        + " where id in (select id from jobs where id = any(:ids) and status = 'queued'"
                        + " and due_at <= now() order by id for update)"
                        + " returning id, fence, request")
                .bindArray("ids", UUID.class, jobs.toArray())
                .bind("node", settings.node())
                .bind("lease", settings.lease().toSeconds())
                .map((row, context) -> lease(row))
                .collectToMap(Lease::id, lease -> lease));
        return jobs.stream()
                .map(job -> Optional.ofNullable(claimed.remove(job)))
                .toList();
    }

    private Lease lease(ResultSet row) throws SQLException {
        return new Lease(row.getObject("id", UUID.class), row.getLong("fence"), read(row.getString("request")));
    }

    /**
     * Jobs whose worker died go back to the queue, or fail when it was their last attempt. After a pause of the database
     * itself, the workers have a whole lease to say that they are alive.
     */
    @Override
    public void expire() {
        List<String> statuses = database.inTransaction(handle -> {
            Map<UUID, String> expired = handle.createQuery(
                            """
                            with expired as (
                              update jobs set lease_until = null, fence = fence + 1, fault = 'hub',
                                     status = case when attempts < :attempts then 'queued' else 'failed' end,
                                     ended_at = case when attempts < :attempts then null else now() end,
                                     error = 'the worker died in attempt ' || attempts,
                                     webhook_status = case when attempts < :attempts or webhook_url is null then webhook_status else 'pending' end
                              where id in (select id from jobs where status = 'running' and lease_until < now()
                                             and pg_postmaster_start_time() < now() - :lease * interval '1 second'
                                           limit 1000 for update skip locked)
                              returning id, fence, attempts, lease_owner, error, status),
                            noted as (
                              insert into job_failures (job, fence, attempt, node, fault, error, at)
                              select id, fence, attempts, lease_owner, 'hub', error, now() from expired)
                            select id, status from expired""")
                    .bind("attempts", settings.attempts())
                    .bind("lease", settings.lease().toSeconds())
                    .map((row, context) -> Map.entry(row.getObject("id", UUID.class), row.getString("status")))
                    .collectToMap(Map.Entry::getKey, Map.Entry::getValue);
            endings.record(handle, failed(expired));
            return List.copyOf(expired.values());
        });
        if (!statuses.isEmpty()) {
            log.warn("jobs.expired jobs={}: their workers gave no sign of life", statuses.size());
        }
        statuses.stream()
                .filter(JobStatus.FAILED.word()::equals)
                .forEach(failed -> metrics.count(Outcome.FAILED, null));
    }

    private static List<UUID> failed(Map<UUID, String> statuses) {
        return statuses.entrySet().stream()
                .filter(job -> job.getValue().equals(JobStatus.FAILED.word()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Takes back what this hub's former life left running: only where no other hub can have its name. */
    public void takeBack() {
        int jobs = database.withHandle(handle -> handle.createUpdate(
                        "update jobs set lease_until = now() where status = 'running' and lease_owner = :node")
                .bind("node", settings.node())
                .execute());
        if (jobs > 0) {
            log.info("jobs.taken-back jobs={} node={}", jobs, settings.node());
        }
    }

    /** A row that is just being changed is not waited for: the next sign of life will find it. */
    @Override
    public List<Lease> renew(List<Lease> leases) {
        Set<UUID> lost = database.withHandle(handle -> handle.createQuery(
                        """
                        with asked as (
                          select * from unnest(:ids, :fences, :progress) as asked (id, fence, progress)),
                        held as (
                          select jobs.id, asked.progress
                          from jobs join asked on jobs.id = asked.id and jobs.fence = asked.fence
                          where status = 'running' for no key update of jobs skip locked),
                        renewed as (
                          update jobs set lease_until = now() + :lease * interval '1 second', progress_ms = held.progress
                          from held where jobs.id = held.id)
                        select id from asked
                        where not exists (select from jobs where jobs.id = asked.id and jobs.fence = asked.fence
                                            and status = 'running')""")
                .bind("lease", settings.lease().toSeconds())
                .bindArray("ids", UUID.class, leases.stream().map(Lease::id).toArray())
                .bindArray(
                        "fences", Long.class, leases.stream().map(Lease::fence).toArray())
                .bindArray(
                        "progress",
                        Long.class,
                        leases.stream()
                                .map(lease -> progress.getOrDefault(lease.id(), Duration.ZERO)
                                        .toMillis())
                                .toArray())
                .mapTo(UUID.class)
                .collectIntoSet());
        return leases.stream().filter(lease -> !lost.contains(lease.id())).toList();
    }

    @Override
    public void release(Lease lease) {
        progress.remove(lease.id());
        int released = database.withHandle(handle -> handle.createUpdate(
                        """
                        update jobs set status = 'queued', attempts = attempts - 1, fence = fence + 1, lease_until = null
                        where id = :id and fence = :fence and status = 'running'""")
                .bind("id", lease.id())
                .bind("fence", lease.fence())
                .execute());
        if (released > 0) {
            log.info("job.released job={}", lease.id());
        }
    }

    /** A copy of the recording goes with the attempt that it was made for. */
    @Override
    public void ended(Lease lease) {
        progress.remove(lease.id());
        if (recordings.elsewhere() && ((TranscriptionRequest) lease.task()).uploaded()) {
            try {
                audio.drop(lease.id());
            } catch (IOException e) {
                log.warn("audio.drop.failed job={} reason=\"{}\"", lease.id(), e.getMessage());
            }
        }
    }

    /**
     * How a job listens: after callers, within its deadline, its progress written with the next sign of life.
     *
     * @param hangUp happens when the work is called off
     */
    public Listening listening(@ExchangeProperty("lease") Lease lease, @ExchangeProperty("hangUp") HangUp hangUp) {
        Patience patience = new Patience(Deadline.in(settings.deadline(), clock), hangUp);
        return new Listening(Mode.ASYNC, patience, heard -> progress.put(lease.id(), heard));
    }

    /**
     * A job is done: its transcript and its end are written as one. A claim that was overtaken changes nothing, but what
     * it used is written down. While the database is away, it is waited for.
     */
    public void complete(@ExchangeProperty("lease") Lease lease, @Body Transcript transcript) throws IOException {
        boolean calledOff = Thread.interrupted(); // it would get no connection while interrupted
        try {
            completeUndisturbed(lease, transcript);
        } finally {
            if (calledOff) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void completeUndisturbed(Lease lease, Transcript transcript) throws IOException {
        TranscriptionRequest request = (TranscriptionRequest) lease.task();
        Completion completion = new Completion(lease, request, transcript);
        boolean ended = patiently(() -> completions.ask(completion));
        progress.remove(lease.id());
        if (!ended) {
            log.warn("job.overtaken job={} fence={}", lease.id(), lease.fence());
            transcripts.recordUsage(request.tenant(), transcript);
            return;
        }
        audio.drop(lease.id());
        Duration latency = Duration.between(request.receivedAt(), clock.instant());
        metrics.completed(transcript.model(), latency);
        log.info(
                "job.completed job={} tenant={} seconds={}", lease.id(), request.tenant(), latency.toMillis() / 1000.0);
    }

    private List<Boolean> completeAll(List<Completion> done) {
        List<Completion> inOrder = done.stream()
                .sorted(Comparator.comparing((Completion each) -> each.request().tenant())
                        .thenComparing(each -> each.lease().id()))
                .toList();
        Set<UUID> ended = database.inTransaction(handle -> {
            Set<UUID> mine = handle.createQuery(
                            """
                            update jobs set status = 'completed', ended_at = now(), lease_until = null, error = null,
                                   fault = null, audio_ms = done.audio, progress_ms = done.audio,
                                   webhook_status = case when webhook_url is null then null else 'pending' end
                            from unnest(:ids, :fences, :audio) as done (id, fence, audio)
                            where jobs.id = done.id and jobs.fence = done.fence and status = 'running'
                            returning jobs.id""")
                    .bindArray(
                            "ids",
                            UUID.class,
                            done.stream().map(each -> each.lease().id()).toArray())
                    .bindArray(
                            "fences",
                            Long.class,
                            done.stream().map(each -> each.lease().fence()).toArray())
                    .bindArray(
                            "audio",
                            Long.class,
                            done.stream()
                                    .map(each -> Math.round(each.transcript().duration() * 1000))
                                    .toArray())
                    .mapTo(UUID.class)
                    .collectIntoSet();
            transcripts.recordAll(
                    handle,
                    inOrder.stream()
                            .filter(each -> mine.contains(each.lease().id()))
                            .map(each -> new Transcripts.Made(each.request().tenant(), each.transcript()))
                            .toList());
            recordings.drop(
                    handle,
                    done.stream()
                            .filter(each -> each.request().uploaded())
                            .map(each -> each.lease().id())
                            .filter(mine::contains)
                            .toList());
            endings.record(handle, mine);
            return mine;
        });
        return done.stream()
                .map(each -> ended.contains(each.lease().id()) || isCompletedBy(each.lease()))
                .toList();
    }

    /** Whether a try before this one went through, though its answer was lost. */
    private boolean isCompletedBy(Lease lease) {
        return database.withHandle(handle -> handle.createQuery(
                        "select 1 from jobs where id = :id and fence = :fence and status = 'completed'")
                .bind("id", lease.id())
                .bind("fence", lease.fence())
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    }

    /** An attempt failed: the job waits for the next one, or ends when there is none or none can help. */
    public void fail(
            @ExchangeProperty("lease") Lease lease, @ExchangeProperty("CamelExceptionCaught") Exception failure)
            throws IOException {
        progress.remove(lease.id());
        TranscriptionRequest request = (TranscriptionRequest) lease.task();
        Failure why = Failure.of(failure);
        String status = patiently(() -> fail(lease, why));
        if (!request.uploaded() && !status.equals(OVERTAKEN)) {
            audio.drop(lease.id());
        }
        if (why.told()) {
            log.warn(
                    "job.attempt.refused job={} tenant={} status={} reason=\"{}\"",
                    lease.id(),
                    request.tenant(),
                    status,
                    why.reason());
        } else {
            log.error("job.attempt.failed job={} tenant={} status={}", lease.id(), request.tenant(), status, failure);
        }
        if (status.equals(JobStatus.FAILED.word())) {
            metrics.count(Outcome.FAILED, null);
        }
    }

    /** Says how the job stands now. */
    private String fail(Lease lease, Failure why) {
        return database.inTransaction(handle -> {
            Optional<String> now = handle.createQuery(
                            """
                            with failing as (
                              update jobs set lease_until = null, error = :error, fault = :fault,
                                     status = case when attempts < :attempts and not :hopeless then 'queued' else 'failed' end,
                                     due_at = now() + least(:firstWait * power(2, attempts - 1), :maxWait) * interval '1 millisecond',
                                     ended_at = case when attempts < :attempts and not :hopeless then null else now() end,
                                     webhook_status = case when webhook_url is null or (attempts < :attempts and not :hopeless)
                                                           then webhook_status else 'pending' end
                              where id = :id and fence = :fence and status = 'running'
                              returning id, fence, attempts, lease_owner, status),
                            noted as (
                              insert into job_failures (job, fence, attempt, node, fault, error, at)
                              select id, fence, attempts, lease_owner, :fault, :error, now() from failing
                              on conflict do nothing)
                            select status from failing""")
                    .bind("id", lease.id())
                    .bind("fence", lease.fence())
                    .bind("error", why.reason())
                    .bind("fault", why.fault().word())
                    .bind("attempts", settings.attempts())
                    .bind("hopeless", why.hopeless())
                    .bind(
                            "firstWait",
                            settings.firstWait(ThreadLocalRandom.current().nextDouble())
                                    .toMillis())
                    .bind("maxWait", settings.maxBackOff().toMillis())
                    .mapTo(String.class)
                    .findOne();
            if (now.filter(JobStatus.FAILED.word()::equals).isPresent()) {
                endings.record(handle, List.of(lease.id()));
            }
            return now.orElse(OVERTAKEN);
        });
    }

    private <T> T patiently(Supplier<T> change) {
        return Retry.decorateSupplier(Retry.of("jobs", settings.databaseAway()), change)
                .get();
    }

    private TranscriptionRequest read(String request) {
        try {
            return json.readValue(request, TranscriptionRequest.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
