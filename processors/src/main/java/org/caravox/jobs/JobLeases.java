package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionMetrics.Outcome;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Handle;
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

    private final Jdbi database;
    private final ObjectMapper json;
    private final JobSettings settings;
    private final Transcripts transcripts;
    private final AudioStore audio;
    private final TranscriptionMetrics metrics;
    private final Clock clock;
    private final Map<UUID, Duration> progress = new ConcurrentHashMap<>();

    public JobLeases(
            Jdbi database,
            ObjectMapper json,
            JobSettings settings,
            Transcripts transcripts,
            AudioStore audio,
            TranscriptionMetrics metrics,
            Clock clock) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.transcripts = transcripts;
        this.audio = audio;
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

    @Override
    public Optional<Lease> claim() {
        expire();
        return database.withHandle(handle -> handle.createQuery(
                        """
                        update jobs set status = 'running', attempts = attempts + 1, fence = fence + 1, started_at = now(),
                               lease_owner = :node, lease_until = now() + :lease * interval '1 second', progress_ms = 0
                        where id = (select id from jobs where status = 'queued' and due_at <= now()
                                    order by priority desc, due_at limit 1 for update skip locked)
                        returning id, fence, request""")
                .bind("node", settings.node())
                .bind("lease", settings.lease().toSeconds())
                .map((row, context) -> new Lease(
                        row.getObject("id", UUID.class), row.getLong("fence"), read(row.getString("request"))))
                .findOne());
    }

    /** Jobs whose worker died go back to the queue, or fail when it was their last attempt. */
    private void expire() {
        List<String> statuses = database.withHandle(handle -> handle.createQuery(
                        """
                        update jobs set lease_until = null, fence = fence + 1,
                               status = case when attempts < :attempts then 'queued' else 'failed' end,
                               ended_at = case when attempts < :attempts then null else now() end,
                               error = 'the worker died in attempt ' || attempts,
                               webhook_status = case when attempts < :attempts or webhook_url is null then webhook_status else 'pending' end,
                               webhook_due_at = case when attempts < :attempts or webhook_url is null then null else now() end
                        where status = 'running' and lease_until < now() returning status""")
                .bind("attempts", settings.attempts())
                .mapTo(String.class)
                .list());
        statuses.stream()
                .filter(JobStatus.FAILED.word()::equals)
                .forEach(failed -> metrics.count(Outcome.FAILED, null));
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

    @Override
    public List<Lease> renew(List<Lease> leases) {
        return database.withHandle(
                handle -> leases.stream().filter(lease -> renew(handle, lease)).toList());
    }

    private boolean renew(Handle handle, Lease lease) {
        return handle.createUpdate(
                                """
                        update jobs set lease_until = now() + :lease * interval '1 second', progress_ms = :progress
                        where id = :id and fence = :fence and status = 'running'""")
                        .bind("lease", settings.lease().toSeconds())
                        .bind(
                                "progress",
                                progress.getOrDefault(lease.id(), Duration.ZERO).toMillis())
                        .bind("id", lease.id())
                        .bind("fence", lease.fence())
                        .execute()
                == 1;
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
     * it used is written down; also by a worker that is called off, who would get no connection while interrupted.
     */
    public void complete(@ExchangeProperty("lease") Lease lease, @Body Transcript transcript) throws IOException {
        boolean calledOff = Thread.interrupted();
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
        boolean ended = end(lease, request, transcript);
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

    private boolean end(Lease lease, TranscriptionRequest request, Transcript transcript) {
        return database.inTransaction(handle -> {
            int mine = handle.createUpdate(
                            """
                            update jobs set status = 'completed', ended_at = now(), lease_until = null, error = null,
                                   audio_ms = :audioMs, progress_ms = :audioMs,
                                   webhook_status = case when webhook_url is null then null else 'pending' end,
                                   webhook_due_at = case when webhook_url is null then null else now() end
                            where id = :id and fence = :fence and status = 'running'""")
                    .bind("id", lease.id())
                    .bind("fence", lease.fence())
                    .bind("audioMs", Math.round(transcript.duration() * 1000))
                    .execute();
            if (mine == 1) {
                transcripts.record(handle, request.tenant(), transcript);
                announceWebhook(handle, request);
            }
            return mine == 1;
        });
    }

    /** An attempt failed: the job waits for the next one, or ends when there is none or none can help. */
    public void fail(
            @ExchangeProperty("lease") Lease lease, @ExchangeProperty("CamelExceptionCaught") Exception failure)
            throws IOException {
        progress.remove(lease.id());
        TranscriptionRequest request = (TranscriptionRequest) lease.task();
        boolean hopeless = failure instanceof Refusal refusal && !refusal.mayPass();
        String reason = failure instanceof Refusal ? failure.getMessage() : "Transcription failed";
        String status = database.inTransaction(handle -> {
            Optional<String> now = handle.createQuery(
                            """
                            update jobs set lease_until = null, error = :error,
                                   status = case when attempts < :attempts and not :hopeless then 'queued' else 'failed' end,
                                   due_at = now() + least(:firstWait * power(2, attempts - 1), :maxWait) * interval '1 millisecond',
                                   ended_at = case when attempts < :attempts and not :hopeless then null else now() end,
                                   webhook_status = case when webhook_url is null or (attempts < :attempts and not :hopeless)
                                                         then webhook_status else 'pending' end,
                                   webhook_due_at = case when webhook_url is null or (attempts < :attempts and not :hopeless)
                                                         then null else now() end
                            where id = :id and fence = :fence and status = 'running' returning status""")
                    .bind("id", lease.id())
                    .bind("fence", lease.fence())
                    .bind("error", reason)
                    .bind("attempts", settings.attempts())
                    .bind("hopeless", hopeless)
                    .bind(
                            "firstWait",
                            settings.firstWait(ThreadLocalRandom.current().nextDouble())
                                    .toMillis())
                    .bind("maxWait", settings.maxBackOff().toMillis())
                    .mapTo(String.class)
                    .findOne();
            announceWebhook(handle, request);
            return now.orElse("overtaken");
        });
        if (!request.uploaded() && !status.equals("overtaken")) {
            audio.drop(lease.id());
        }
        if (failure instanceof Refusal) {
            log.warn(
                    "job.attempt.refused job={} tenant={} status={} reason=\"{}\"",
                    lease.id(),
                    request.tenant(),
                    status,
                    reason);
        } else {
            log.error("job.attempt.failed job={} tenant={} status={}", lease.id(), request.tenant(), status, failure);
        }
        if (status.equals(JobStatus.FAILED.word())) {
            metrics.count(Outcome.FAILED, null);
        }
    }

    private static void announceWebhook(Handle handle, TranscriptionRequest request) {
        if (request.webhookUrl() != null) {
            handle.execute("select pg_notify('" + Notifications.CHANNEL + "', '')");
        }
    }

    private TranscriptionRequest read(String request) {
        try {
            return json.readValue(request, TranscriptionRequest.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
