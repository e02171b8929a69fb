package org.caravox.config;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.caravox.agents.ConversationRecords;
import org.caravox.audit.AuditLog;
import org.caravox.batches.Batches;
import org.caravox.calls.CallLog;
import org.caravox.deliveries.Lanes;
import org.caravox.door.BatchSpool;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.Jobs;
import org.caravox.recordings.AudioArchive;
import org.caravox.requests.Idempotency;
import org.caravox.tenants.SharedBuckets;
import org.caravox.transcription.TranscriptCache;
import org.caravox.usage.Budgets;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Removes what has been kept long enough; the route {@code housekeeping} says when. */
public class Housekeeping {

    private static final Duration LISTS_LEFT_BEHIND = Duration.ofDays(1);

    /** Any number, the same in all hubs: whoever holds this lock of PostgreSQL's cleans the database. */
    private static final long LOCK = 0x6361_7261_766f_7835L;

    private final Jdbi database;
    private final Jobs jobs;
    private final DeadLetters deadLetters;
    private final Batches batches;
    private final BatchSpool batchSpool;
    private final Lanes lanes;
    private final JobSettings settings;
    private final Idempotency idempotency;
    private final Budgets budgets;
    private final TranscriptCache cache;
    private final SharedBuckets buckets;
    private final AuditLog audit;
    private final CallLog calls;
    private final ConversationRecords conversations;
    private final Duration callsKept;
    private final AudioArchive recordings;
    private final Duration recordingsKept;
    private final Clock clock;

    Housekeeping(
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
            Duration callsKept,
            AudioArchive recordings,
            Duration recordingsKept,
            Clock clock) {
        this.database = database;
        this.jobs = jobs;
        this.deadLetters = deadLetters;
        this.batches = batches;
        this.batchSpool = batchSpool;
        this.lanes = lanes;
        this.settings = settings;
        this.idempotency = idempotency;
        this.budgets = budgets;
        this.cache = cache;
        this.buckets = buckets;
        this.audit = audit;
        this.calls = calls;
        this.conversations = conversations;
        this.callsKept = callsKept;
        this.recordings = recordings;
        this.recordingsKept = recordingsKept;
        this.clock = clock;
    }

    /** The database is for one hub at a time, the recordings on its disk are each hub's own. */
    public void clean() throws IOException {
        database.useTransaction(lock -> {
            if (locked(lock)) {
                jobs.cleanEnded(settings, clock.instant());
                lanes.clean(clock.instant());
                deadLetters.clean(settings, clock.instant());
                batches.clean(settings.keep(), clock.instant());
                idempotency.clean();
                budgets.clean();
                cache.clean();
                buckets.clean();
                audit.clean(clock.instant());
                calls.clean(callsKept);
                conversations.clean(clock.instant().minus(callsKept));
                recordings.clean(lock, clock.instant().minus(recordingsKept));
            }
        });
        jobs.cleanDisk(clock.instant());
        recordings.cleanDisk(clock.instant());
        batchSpool.clean(clock.instant().minus(LISTS_LEFT_BEHIND));
    }

    private static boolean locked(Handle handle) {
        return handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                .bind("lock", LOCK)
                .mapTo(Boolean.class)
                .one();
    }
}
