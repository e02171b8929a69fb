package org.caravox.config;

import java.io.IOException;
import java.time.Clock;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.Jobs;
import org.caravox.requests.Idempotency;

/** Removes what has been kept long enough; the route {@code housekeeping} says when. */
public class Housekeeping {

    private final Jobs jobs;
    private final JobSettings settings;
    private final Idempotency idempotency;
    private final Clock clock;

    Housekeeping(Jobs jobs, JobSettings settings, Idempotency idempotency, Clock clock) {
        this.jobs = jobs;
        this.settings = settings;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    public void clean() throws IOException {
        jobs.clean(settings, clock.instant());
        idempotency.clean();
    }
}
