package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.jobs.Job;
import org.caravox.jobs.JobStatus;
import org.caravox.jobs.Jobs;
import org.caravox.requests.RequestIds;

/** {@code /jobs}: how they stand, and what their owner may do with them. */
public final class JobPages {

    private final Jobs jobs;
    private final ObjectMapper json;

    public JobPages(Jobs jobs, ObjectMapper json) {
        this.jobs = jobs;
        this.json = json;
    }

    /** {@code GET /jobs/{id}}. */
    public void one(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, jobs.withHistory(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code GET /jobs}. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("status", "userId", "batch", "item", "cursor", "limit"), json);
        String status = query.text("status");
        String batch = query.text("batch");
        int limit = query.limit();
        List<Job> found = jobs.list(
                Callers.tenant(exchange),
                new Jobs.Search(
                        status == null ? null : JobStatus.of(status),
                        query.text("userId"),
                        batch == null ? null : RequestIds.parse("batch", batch),
                        query.text("item"),
                        query.cursor(),
                        limit + 1));
        Answers.write(json, exchange, 200, Page.of("jobs", found, limit, Job::jobId));
    }

    /** {@code DELETE /jobs/{id}}. */
    public void cancel(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, jobs.cancel(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code POST /jobs/{id}/retry}. */
    public void retry(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 202, jobs.retry(Callers.tenant(exchange), id(exchange)));
    }

    private static UUID id(Exchange exchange) {
        return RequestIds.parse("job", exchange.getMessage().getHeader("id", String.class));
    }
}
