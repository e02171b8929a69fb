package org.caravox.config;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.caravox.batches.Batches;
import org.caravox.door.BatchSpool;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.Jobs;
import org.caravox.requests.Idempotency;
import org.caravox.transcription.TranscriptCache;
import org.caravox.usage.Budgets;

/** Removes what has been kept long enough; the route {@code housekeeping} says when. */
public class Housekeeping {

    private static final Duration LISTS_LEFT_BEHIND = Duration.ofDays(1);

    private final Jobs jobs;
    private final DeadLetters deadLetters;
    private final Batches batches;
    private final BatchSpool batchSpool;
    private final JobSettings settings;
    private final Idempotency idempotency;
    private final Budgets budgets;
    private final TranscriptCache cache;
    private final Clock clock;

    Housekeeping(
            Jobs jobs,
            DeadLetters deadLetters,
            Batches batches,
            BatchSpool batchSpool,
            JobSettings settings,
            Idempotency idempotency,
            Budgets budgets,
            TranscriptCache cache,
            Clock clock) {
        this.jobs = jobs;
        this.deadLetters = deadLetters;
        this.batches = batches;
        this.batchSpool = batchSpool;
        this.settings = settings;
        this.idempotency = idempotency;
        this.budgets = budgets;
        this.cache = cache;
        this.clock = clock;
    }

    public void clean() throws IOException {
        jobs.clean(settings, clock.instant());
        deadLetters.clean(settings, clock.instant());
        batches.clean(settings.keep(), clock.instant());
        batchSpool.clean(clock.instant().minus(LISTS_LEFT_BEHIND));
        idempotency.clean();
        budgets.clean();
        cache.clean();
    }
}
