package org.caravox.jobs;

/** SQL that says in which order jobs that wait are taken, so that no tenant keeps another waiting. */
final class Waiting {

    /**
     * Recursive expressions that find the tenants that have jobs waiting, one index look-up each: {@code tenants_waiting
     * (tenant)}. To be put behind {@code with recursive}.
     */
    static final String TENANTS =
            """
            tenants_waiting as (
              (select tenant from jobs where status = 'queued' and dispatched_at is null order by tenant limit 1)
              union all
              select (select tenant from jobs where status = 'queued' and dispatched_at is null and tenant > w.tenant
                      order by tenant limit 1)
              from tenants_waiting w where w.tenant is not null)""";

    /** Of the tenant {@code w.tenant}, the jobs that are due, the most urgent first. */
    static final String DUE =
            """
            select id, priority, due_at from jobs
            where tenant = w.tenant and status = 'queued' and dispatched_at is null and due_at <= now()
            order by priority desc, due_at""";

    private Waiting() {}
}
