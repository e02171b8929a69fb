package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import org.caravox.agents.ConversationRecords;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.audit.AuditLog;
import org.caravox.batches.Batches;
import org.caravox.calls.CallLog;
import org.caravox.deliveries.Lanes;
import org.caravox.door.BatchSpool;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.Endings;
import org.caravox.jobs.JobAcceptance;
import org.caravox.jobs.JobAcceptance.Obstacle;
import org.caravox.jobs.JobLeases;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.Jobs;
import org.caravox.jobs.KeptRecordings;
import org.caravox.jobs.MessageReplay;
import org.caravox.jobs.RecordingsInDatabase;
import org.caravox.queue.WorkSlots;
import org.caravox.recordings.AudioArchive;
import org.caravox.requests.Idempotency;
import org.caravox.tenants.SharedBuckets;
import org.caravox.transcription.TranscriptCache;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.Transcripts;
import org.caravox.usage.Budgets;
import org.jdbi.v3.core.Jdbi;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Jobs, their leases, and requests that must happen once. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

    private static final String EMBEDDED_NODE = "embedded";

    @Bean
    JobSettings jobSettings(CaravoxSettings settings, ObjectProvider<EmbeddedDatabase> embedded)
            throws UnknownHostException {
        CaravoxSettings.Jobs jobs = settings.jobs();
        return new JobSettings(
                node(settings, embedded.getIfAvailable() != null),
                jobs.lease(),
                jobs.attempts(),
                jobs.backOff(),
                jobs.maxBackOff(),
                jobs.jitter(),
                jobs.deadline(),
                jobs.keep());
    }

    private static String node(CaravoxSettings settings, boolean embedded) throws UnknownHostException {
        if (!settings.node().isBlank()) {
            return settings.node();
        }
        return embedded
                ? EMBEDDED_NODE
                : InetAddress.getLocalHost().getHostName() + ":"
                        + ProcessHandle.current().pid();
    }

    @Bean
    Endings endings(CaravoxSettings settings) {
        String topic = settings.events().topic();
        return new Endings(topic.isBlank() ? null : topic);
    }

    @Bean
    KeptRecordings keptRecordings(CaravoxSettings settings, Jdbi database, AudioStore audio) {
        return switch (settings.jobs().recordings()) {
            case DISK -> KeptRecordings.ON_DISK;
            case DATABASE -> new RecordingsInDatabase(database, audio);
        };
    }

    @Bean
    WorkSlots workSlots(CaravoxSettings settings) {
        return new WorkSlots(
                settings.jobs().queue() == CaravoxSettings.Queue.RABBITMQ
                        ? settings.rabbitmq().concurrency()
                        : Integer.MAX_VALUE);
    }

    /** A job that is taken on is written to the disk of the hub, or its recording is. */
    @Bean
    Obstacle diskShortage(DiskReserve reserve) {
        return reserve::shortage;
    }

    @Bean
    JobAcceptance jobAcceptance(List<Obstacle> obstacles) {
        return new JobAcceptance(obstacles);
    }

    @Bean
    Jobs jobs(
            Jdbi database,
            ObjectMapper json,
            AudioStore audio,
            KeptRecordings recordings,
            Endings endings,
            TranscriptionMetrics metrics) {
        return new Jobs(database, json, audio, recordings, endings, metrics);
    }

    /** A hub that takes in messages says how they are taken in again. */
    @Bean
    DeadLetters deadLetters(Jdbi database, ObjectProvider<MessageReplay> messages) {
        return new DeadLetters(database, messages.getIfAvailable(() -> MessageReplay.NONE));
    }

    @Bean
    JobLeases jobLeases(
            Jdbi database,
            ObjectMapper json,
            JobSettings settings,
            Transcripts transcripts,
            Endings endings,
            AudioStore audio,
            KeptRecordings recordings,
            TranscriptionMetrics metrics,
            Clock clock) {
        JobLeases leases =
                new JobLeases(database, json, settings, transcripts, endings, audio, recordings, metrics, clock);
        if (settings.node().equals(EMBEDDED_NODE)) {
            leases.takeBack();
        }
        return leases;
    }

    @Bean
    Idempotency idempotency(Jdbi database, CaravoxSettings settings, JobSettings jobs) {
        Idempotency idempotency = new Idempotency(
                database, settings.idempotency().keep(), settings.modes().syncDeadline(), jobs.node());
        if (jobs.node().equals(EMBEDDED_NODE)) {
            idempotency.takeBack();
        }
        return idempotency;
    }

    @Bean
    Housekeeping housekeeping(
            Jdbi database,
            Jobs jobs,
            DeadLetters deadLetters,
            Batches batches,
            BatchSpool batchSpool,
            Lanes lanes,
            JobSettings settings,
            Idempotency idempotency,
            Budgets budgets,
            TranscriptCache cache,
            SharedBuckets buckets,
            AuditLog audit,
            CallLog calls,
            ConversationRecords conversations,
            AudioArchive recorded,
            CaravoxSettings all,
            Clock clock) {
        return new Housekeeping(
                database,
                jobs,
                deadLetters,
                batches,
                batchSpool,
                lanes,
                settings,
                idempotency,
                budgets,
                cache,
                buckets,
                audit,
                calls,
                conversations,
                all.calls().keep(),
                recorded,
                all.live().recordings().keep(),
                clock);
    }
}
