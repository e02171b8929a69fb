package org.caravox.batches;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.jobs.Job;
import org.caravox.jobs.Jobs;
import org.caravox.jobs.Submission;
import org.caravox.requests.Refusal;
import org.caravox.transcription.TranscriptionRequest;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches, by tenant. Their items are jobs like all others, but for those that were refused when they were sent. */
public final class Batches {

    private static final Logger log = LoggerFactory.getLogger(Batches.class);
    private static final int CHUNK = 1_000;
    private static final int SHOWN = 3;

    private static final String STATUS =
            """
            case when cancelled_at is not null then 'cancelled' when closed_at is null then 'open'
                 when exists (select 1 from jobs j where j.batch = b.id and j.status in ('queued', 'running'))
                 then 'running' else 'ended' end as status""";

    private static final String HEAD = "b.id, b.name, b.user_id, b.created_at, b.closed_at, b.cancelled_at, " + STATUS;

    private static final String ONE = "select " + HEAD
            + """
            , c.*, (select count(*) from batch_refusals r where r.batch = b.id) as refused
            from batches b cross join lateral (
              select count(*) filter (where status = 'queued') as queued,
                     count(*) filter (where status = 'running') as running,
                     count(*) filter (where status = 'completed') as completed,
                     count(*) filter (where status = 'failed') as failed,
                     count(*) filter (where status = 'cancelled') as cancelled,
                     count(*) filter (where ended_at > now() - interval '1 minute') as ended_last_minute,
                     coalesce(sum(audio_ms) filter (where status = 'completed'), 0) as audio_ms
              from jobs j where j.tenant = b.tenant and j.batch = b.id) c
            where b.tenant = :tenant and b.id = :id""";

    private final Jdbi database;
    private final Jobs jobs;

    public Batches(Jdbi database, Jobs jobs) {
        this.database = database;
        this.jobs = jobs;
    }

    /** Makes an empty batch, to which items are added one by one. The same one twice changes nothing. */
    public Batch open(UUID id, String tenant, @Nullable String userId, @Nullable String name) {
        database.useHandle(handle -> insert(handle, id, tenant, userId, name));
        log.info("batch.opened batch={} tenant={}", id, tenant);
        return get(tenant, id);
    }

    private static boolean insert(
            Handle handle, UUID id, String tenant, @Nullable String userId, @Nullable String name) {
        return handle.createUpdate(
                                """
                                insert into batches (id, tenant, user_id, name, created_at)
                                values (:id, :tenant, :userId, :name, now()) on conflict do nothing""")
                        .bind("id", id)
                        .bind("tenant", tenant)
                        .bind("userId", userId)
                        .bind("name", name)
                        .execute()
                == 1;
    }

    /**
     * Makes a batch of a list, whole or not at all. Lines that cannot become jobs are noted and do not stop the others;
     * a batch that is there already stays as it is.
     *
     * @param lines read once, a thousand at a time
     * @throws Refusal INVALID when not one line can become a job
     */
    public Batch submit(
            UUID id, String tenant, @Nullable String userId, @Nullable String name, Iterator<? extends Line> lines) {
        database.useTransaction(handle -> {
            if (insert(handle, id, tenant, userId, name)) {
                write(handle, id, lines);
                close(handle, tenant, id);
            }
        });
        Batch made = get(tenant, id);
        log.info(
                "batch.submitted batch={} tenant={} items={} refused={}",
                id,
                tenant,
                made.total(),
                made.counts().refused());
        return made;
    }

    private void write(Handle handle, UUID id, Iterator<? extends Line> lines) {
        int accepted = 0;
        int refused = 0;
        List<Line.Refused> first = new ArrayList<>();
        while (lines.hasNext()) {
            List<Line.Item> items = new ArrayList<>();
            List<Line.Refused> refusals = new ArrayList<>();
            while (lines.hasNext() && items.size() + refusals.size() < CHUNK) {
                Line line = lines.next();
                if (line instanceof Line.Item item) {
                    items.add(item);
                } else if (line instanceof Line.Refused bad) {
                    refusals.add(bad);
                }
            }
            List<Line.Refused> repeated = submit(handle, id, items);
            accepted += items.size() - repeated.size();
            refusals.addAll(repeated);
            refused += refusals.size();
            refuse(handle, id, refusals);
            refusals.stream().limit(SHOWN - first.size()).forEach(first::add);
        }
        if (accepted == 0) {
            throw nothingIn(refused, first);
        }
    }

    private static Refusal nothingIn(int lines, List<Line.Refused> first) {
        return Refusal.invalid(
                lines == 0
                        ? "there are no lines: send one JSON object a line"
                        : "none of the " + lines + " lines can be used: "
                                + first.stream()
                                        .map(line -> "line " + line.number() + ": " + line.error())
                                        .collect(Collectors.joining("; ")));
    }

    /** Says which of them have the name of one before. */
    private List<Line.Refused> submit(Handle handle, UUID batch, List<Line.Item> items) {
        List<Submission> submissions = items.stream()
                .map(item -> new Submission(item.request(), batch, item.item(), null))
                .toList();
        if (items.isEmpty() || jobs.submit(handle, submissions) == items.size()) {
            return List.of();
        }
        Set<UUID> written = handle.createQuery("select id from jobs where id = any(:ids)")
                .bindArray(
                        "ids",
                        UUID.class,
                        items.stream().map(item -> item.request().id()).toArray())
                .mapTo(UUID.class)
                .collectIntoSet();
        return items.stream()
                .filter(item -> !written.contains(item.request().id()))
                .map(item -> new Line.Refused(
                        item.number(), item.item(), "item \"" + item.item() + "\" is in the batch already"))
                .toList();
    }

    private static void refuse(Handle handle, UUID batch, List<Line.Refused> refusals) {
        if (refusals.isEmpty()) {
            return;
        }
        PreparedBatch rows = handle.prepareBatch(
                "insert into batch_refusals (batch, line, item, error) values (:batch, :line, :item, :error)");
        refusals.forEach(refused -> rows.bind("batch", batch)
                .bind("line", refused.number())
                .bind("item", refused.item())
                .bind("error", refused.error().replace('\0', '?'))
                .add());
        rows.execute();
    }

    /**
     * Adds an item to an open batch. The same one twice is one job.
     *
     * @throws Refusal NOT_FOUND, or CONFLICT when the batch takes no more
     */
    public Job add(@Body TranscriptionRequest request, @ExchangeProperty("place") Place place) throws IOException {
        return jobs.submitIf(
                new Submission(request, place.batch(), place.item(), null),
                handle -> requireOpen(handle, request.tenant(), place.batch()));
    }

    /** The batch is locked against closing until the item is written. */
    private static void requireOpen(Handle handle, String tenant, UUID id) {
        boolean open = handle.createQuery(
                        "select closed_at is null from batches where tenant = :tenant and id = :id for share")
                .bind("tenant", tenant)
                .bind("id", id)
                .mapTo(Boolean.class)
                .findOne()
                .orElseThrow(() -> notFound(tenant, id));
        if (!open) {
            throw new Refusal(Refusal.Reason.CONFLICT, "batch " + id + " is closed: no more items can be added to it");
        }
    }

    /** No more items come. Doing it again changes nothing. */
    public Batch close(String tenant, UUID id) {
        database.useHandle(handle -> close(handle, tenant, id));
        return get(tenant, id);
    }

    private static void close(Handle handle, String tenant, UUID id) {
        handle.createUpdate(
                        "update batches set closed_at = coalesce(closed_at, now()) where tenant = :tenant and id = :id")
                .bind("tenant", tenant)
                .bind("id", id)
                .execute();
    }

    /**
     * Ends all jobs of a batch that have not ended; no more items come. If a crash cuts it off, it can be done again.
     *
     * @throws Refusal NOT_FOUND, or CONFLICT when all had ended before
     */
    public Batch cancel(String tenant, UUID id) {
        BatchStatus status = get(tenant, id).head().status();
        if (status == BatchStatus.ENDED) {
            throw new Refusal(Refusal.Reason.CONFLICT, "batch " + id + " has ended already");
        }
        if (status != BatchStatus.CANCELLED) {
            database.useHandle(handle -> close(handle, tenant, id));
            jobs.cancelAll(tenant, id);
            database.useHandle(handle -> handle.createUpdate(
                            "update batches set cancelled_at = now() where tenant = :tenant and id = :id")
                    .bind("tenant", tenant)
                    .bind("id", id)
                    .execute());
        }
        return get(tenant, id);
    }

    /**
     * One batch of a tenant.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Batch get(String tenant, UUID id) {
        return database.withHandle(handle -> handle.createQuery(ONE)
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .map((row, context) -> batch(row))
                        .findOne())
                .orElseThrow(() -> notFound(tenant, id));
    }

    /** A tenant's batches, newest first; {@code after} is the last id of the page before. */
    public List<BatchHead> list(String tenant, @Nullable UUID after, int limit) {
        return database.withHandle(handle -> handle.createQuery(
                        "select " + HEAD
                                + """
                         from batches b where tenant = :tenant and (cast(:after as uuid) is null or id < cast(:after as uuid))
                        order by id desc limit :limit""")
                .bind("tenant", tenant)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> head(row))
                .list());
    }

    /**
     * The lines of a batch that were refused, in order.
     *
     * @param after the last line of the page before; 0 is none
     */
    public List<Line.Refused> refusals(String tenant, UUID id, int after, int limit) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select r.line, r.item, r.error from batch_refusals r join batches b on b.id = r.batch
                        where b.tenant = :tenant and b.id = :id and r.line > :after order by r.line limit :limit""")
                .bind("tenant", tenant)
                .bind("id", id)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) ->
                        new Line.Refused(row.getInt("line"), row.getString("item"), row.getString("error")))
                .list());
    }

    /**
     * What became of the items of a batch that were refused.
     *
     * @param after the last line of the page before; 0 is none
     */
    public List<Result> refused(String tenant, UUID id, int after, int limit) {
        return refusals(tenant, id, after, limit).stream().map(Result::of).toList();
    }

    /**
     * What became of the items of a batch, in the order of their names.
     *
     * @param statuses only those whose jobs stand so
     * @param after    the last item of the page before; null is the first page
     */
    public List<Result> results(
            String tenant, UUID id, Collection<String> statuses, @Nullable String after, int limit) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select j.item, j.id, j.status, j.user_id, j.error, j.fault, t.content, t.transcript
                        from jobs j left join transcripts t on t.tenant = j.tenant and t.id = j.id and j.status = 'completed'
                        where j.tenant = :tenant and j.batch = :id and j.status = any(:statuses)
                          and (cast(:after as text) is null or j.item > :after)
                        order by j.item limit :limit""")
                .bind("tenant", tenant)
                .bind("id", id)
                .bindArray("statuses", String.class, statuses.toArray())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new Result(
                        row.getString("item"),
                        null,
                        row.getObject("id", UUID.class),
                        row.getString("status"),
                        row.getString("user_id"),
                        row.getString("error"),
                        row.getString("fault"),
                        row.getString("content"),
                        row.getString("transcript")))
                .list());
    }

    /** Removes batches of which nothing is left. */
    public void clean(Duration keep, Instant now) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        delete from batches b
                        where created_at < :before and not exists (select 1 from jobs j where j.batch = b.id)""")
                .bind("before", now.minus(keep))
                .execute());
    }

    private static Refusal notFound(String tenant, UUID id) {
        return Refusal.notFound("batch " + id + " not found for tenant " + tenant + ": it may have expired");
    }

    private static Batch batch(ResultSet row) throws SQLException {
        Batch.Counts counts = new Batch.Counts(
                row.getInt("queued"),
                row.getInt("running"),
                row.getInt("completed"),
                row.getInt("failed"),
                row.getInt("cancelled"),
                row.getInt("refused"));
        return new Batch(
                head(row), counts.total(), counts, row.getInt("ended_last_minute"), row.getLong("audio_ms") / 1000.0);
    }

    private static BatchHead head(ResultSet row) throws SQLException {
        return new BatchHead(
                row.getObject("id", UUID.class),
                BatchStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("name"),
                row.getString("user_id"),
                instant(row, "created_at").orElseThrow(),
                instant(row, "closed_at").orElse(null),
                instant(row, "cancelled_at").orElse(null));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }
}
