package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.events.Events;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.usage.Consumed;
import org.caravox.usage.Ledger;
import org.caravox.usage.Ledger.Alongside;
import org.caravox.usage.Usage;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The stored transcripts, by tenant. */
public final class Transcripts {

    /**
     * What to look for.
     *
     * @param userId one user's only; null is all
     * @param from   made at or after; null is from the beginning
     * @param to     made before; null is until now
     * @param q      words to look for, as one writes them in a search engine; null is any
     * @param after  the last id of the page before; null is the first page
     * @param limit  how many at most
     */
    public record Search(
            @Nullable String userId,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String q,
            @Nullable UUID after,
            int limit) {}

    /** A transcript without its words, and of its text the first {@link #EXCERPT} characters. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(
            UUID id,
            String userId,
            String provider,
            String model,
            String language,
            double duration,
            @Nullable Double confidence,
            String transcript,
            Instant createdAt) {}

    /** How much of a transcript a list shows, in characters. */
    public static final int EXCERPT = 500;

    /** With their words they are large. */
    private static final int FETCHED_AT_ONCE = 20;

    /** PostgreSQL keeps no NUL characters, of which providers should say none. */
    private static final Pattern ESCAPED_NUL = Pattern.compile("(?<!\\\\)((?:\\\\{2})*)\\\\u0000");

    /** How much of a transcript its event tells, in bytes. */
    private static final int TOLD_BYTES = 8 * 1024;

    /** Transcripts that were not there before are told of, with a link to the whole. */
    private static final String HAPPENED =
            """
            happened as (
              select m.tenant, 'transcript.ready' as type, m.id as subject, jsonb_strip_nulls(jsonb_build_object(
                'transcriptId', m.id, 'jobId', %1$s, 'userId', m.user_id, 'provider', m.content -> 'provider',
                'model', m.content -> 'model', 'language', m.content -> 'language', 'duration', m.content -> 'duration',
                'confidence', m.content -> 'confidence', 'link', '/transcripts/' || m.id,
                'transcript', case when octet_length(m.transcript) <= %2$d then m.transcript else
                  left(m.transcript, (%2$d::bigint * length(m.transcript) / octet_length(m.transcript))::int) end,
                'truncated', case when octet_length(m.transcript) > %2$d then true end)) as data
              from kept m),
            """
                    + Events.TOLD;

    private static final String KEPT =
            """
            kept as (
              insert into transcripts (id, tenant, user_id, created_at, transcript, content)
              values (:id, :tenant, :userId, :createdAt, :transcript, cast(:content as jsonb))
              on conflict (id) do nothing returning id, tenant, user_id, transcript, content),
            """
                    + HAPPENED.formatted("null::uuid", TOLD_BYTES);

    private static final String KEPT_OF_JOBS =
            """
            with kept as (
              insert into transcripts (id, tenant, user_id, created_at, transcript, content)
              select id, tenant, user_id, cast(created_at as timestamptz), transcript, cast(content as jsonb)
              from unnest(:ids, :tenants, :userIds, :createdAt, :transcripts, :contents)
                as made (id, tenant, user_id, created_at, transcript, content)
              on conflict (id) do nothing returning id, tenant, user_id, transcript, content),
            """
                    + HAPPENED.formatted("m.id", TOLD_BYTES) + " select count(*) from heard";

    private final Jdbi database;
    private final ObjectMapper json;
    private final Ledger ledger;
    private final Events events;

    public Transcripts(Jdbi database, ObjectMapper json, Ledger ledger, Events events) {
        this.database = database;
        this.json = json;
        this.ledger = ledger;
        this.events = events;
    }

    /** Stores a transcript of a sync request and what it used, before its answer goes out. */
    public void record(@ExchangeProperty("tenant") String tenant, @Body Transcript transcript) {
        database.useHandle(handle -> record(handle, tenant, transcript));
    }

    /**
     * Stores a transcript and what it used, in one statement, which may be part of a transaction; the same one twice
     * changes nothing.
     */
    public void record(Handle handle, String tenant, Transcript transcript) {
        recordUsed(handle, transcript, usage(tenant, transcript));
    }

    /** The same with usage that is known already; its tenant is the transcript's. */
    public void recordUsed(Handle handle, Transcript transcript, Usage usage) {
        ledger.record(
                handle,
                usage,
                new Alongside(
                        KEPT,
                        events.with(Map.of(
                                "id", transcript.id(),
                                "userId", transcript.userId(),
                                "createdAt", transcript.createdAt(),
                                "transcript", text(transcript),
                                "content", write(transcript)))));
    }

    /** A transcript and whose it is. */
    public record Made(String tenant, Transcript transcript) {}

    /** Stores transcripts of jobs and what they used as part of a transaction; the same ones twice change nothing. */
    public void recordAll(Handle handle, List<Made> made) {
        if (made.isEmpty()) {
            return;
        }
        events.bind(handle.createQuery(KEPT_OF_JOBS))
                .bindArray("ids", UUID.class, each(made, Transcript::id))
                .bindArray(
                        "tenants", String.class, made.stream().map(Made::tenant).toArray())
                .bindArray("userIds", String.class, each(made, Transcript::userId))
                .bindArray("createdAt", String.class, each(made, transcript -> transcript
                        .createdAt()
                        .toString()))
                .bindArray("transcripts", String.class, each(made, Transcripts::text))
                .bindArray("contents", String.class, each(made, this::write))
                .mapTo(Integer.class)
                .one();
        ledger.recordAll(
                handle,
                made.stream()
                        .map(each -> usage(each.tenant(), each.transcript()))
                        .toList());
    }

    private static Object[] each(List<Made> made, Function<Transcript, Object> part) {
        return made.stream().map(each -> part.apply(each.transcript())).toArray();
    }

    /** Writes down only what a transcript used, where nobody waits for it any more; the same one twice changes nothing. */
    public void recordUsage(String tenant, Transcript transcript) {
        ledger.record(usage(tenant, transcript));
    }

    private Usage usage(String tenant, Transcript transcript) {
        Consumed consumed = Consumed.audio(Duration.ofMillis(Math.round(transcript.duration() * 1000)));
        Usage usage = ledger.priced(
                transcript.id(),
                Use.TRANSCRIPTION,
                tenant,
                transcript.provider(),
                transcript.model(),
                consumed,
                transcript.createdAt());
        return transcript.wasCached() ? usage.asCached() : usage;
    }

    public Optional<Transcript> find(String tenant, UUID id) {
        return database.withHandle(
                handle -> handle.createQuery("select content from transcripts where tenant = :tenant and id = :id")
                        .bind("tenant", tenant)
                        .bind("id", id)
                        .mapTo(String.class)
                        .map(this::read)
                        .findOne());
    }

    /** Newest first; ids sort by time, so the last id of a page is where the next one starts. */
    public List<Summary> search(String tenant, Search search) {
        List<String> where = new ArrayList<>(List.of("tenant = :tenant"));
        Map<String, Object> bound = new java.util.HashMap<>(Map.of("tenant", tenant, "limit", search.limit()));
        add(where, bound, "user_id = :userId", "userId", search.userId());
        add(where, bound, "created_at >= :from", "from", search.from());
        add(where, bound, "created_at < :to", "to", search.to());
        add(where, bound, "words @@ websearch_to_tsquery('english', :q)", "q", search.q());
        add(where, bound, "id < :after", "after", search.after());
        return database.withHandle(handle -> {
            Query query = handle.createQuery("select content - 'channels' - 'utterances'"
                    + " || jsonb_build_object('transcript', left(transcript, " + EXCERPT + ")) from transcripts where "
                    + String.join(" and ", where) + " order by id desc limit :limit");
            return query.bindMap(bound)
                    .mapTo(String.class)
                    .map(this::readSummary)
                    .list();
        });
    }

    /** Shows each of a tenant's transcripts made at or after a time, newest first, up to so many. */
    public void each(String tenant, Instant since, int most, Consumer<Transcript> seen) {
        database.useTransaction(handle -> handle.createQuery("select content from transcripts"
                        + " where tenant = :tenant and created_at >= :since order by id desc limit :most")
                .bind("tenant", tenant)
                .bind("since", since)
                .bind("most", most)
                .setFetchSize(FETCHED_AT_ONCE)
                .mapTo(String.class)
                .map(this::read)
                .forEach(seen));
    }

    private static void add(
            List<String> where, Map<String, Object> bound, String condition, String name, @Nullable Object value) {
        if (value != null) {
            where.add(condition);
            bound.put(name, value);
        }
    }

    /**
     * One transcript of a tenant.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public Transcript get(String tenant, UUID id) {
        return find(tenant, id)
                .orElseThrow(() -> Refusal.notFound("transcript " + id + " not found for tenant " + tenant));
    }

    private static String text(Transcript transcript) {
        return transcript.transcript().replace("\0", "");
    }

    private String write(Transcript transcript) {
        try {
            String text = json.writeValueAsString(transcript);
            return text.contains("\\u0000") ? ESCAPED_NUL.matcher(text).replaceAll("$1") : text;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a transcript is always JSON", e);
        }
    }

    private Transcript read(String content) {
        return read(content, Transcript.class);
    }

    private Summary readSummary(String content) {
        return read(content, Summary.class);
    }

    private <T> T read(String content, Class<T> as) {
        try {
            return json.readValue(content, as);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored transcript cannot be read", e);
        }
    }
}
