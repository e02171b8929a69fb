package org.caravox.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The versions of the routes, and their files: each text is kept once. */
public final class RouteVersions {

    /**
     * A file of a version.
     *
     * @param hash    of its text
     * @param version the one that changed it last
     */
    record Entry(String hash, long version) {}

    /**
     * What a new version is.
     *
     * @param actor    the id of an API key, or {@code hub}
     * @param base     what was in force before; null for the first one
     * @param restores whose files it has; null when it is made of an edit
     */
    record Making(Version.Kind kind, String actor, String message, @Nullable Long base, @Nullable Long restores) {}

    private static final TypeReference<TreeMap<String, Entry>> ENTRIES = new TypeReference<>() {};
    private static final TypeReference<List<String>> PATHS = new TypeReference<>() {};
    private static final int FEW = 4;
    private static final String COLUMNS =
            """
            select number, kind, at, actor, actor_name, message, base, restores, changed, digest,
                   number = (select version from routes_in_force) as in_force
            from route_versions where state = 'accepted'""";

    private final Jdbi database;
    private final ObjectMapper json;
    private final Cache<Long, RouteFiles> files =
            Caffeine.newBuilder().maximumSize(FEW).build();

    public RouteVersions(Jdbi database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * The latest first.
     *
     * @param before only those before this one; null for all
     */
    public List<Version> list(@Nullable Long before, int limit) {
        return database.withHandle(
                handle -> handle.createQuery(COLUMNS + " and (cast(:before as bigint) is null or number < :before)"
                                + " order by number desc limit :limit")
                        .bind("before", before)
                        .bind("limit", limit)
                        .map((row, context) -> version(row))
                        .list());
    }

    /**
     * A version.
     *
     * @throws Refusal NOT_FOUND when there is none of that number
     */
    public Version get(long number) {
        return database.withHandle(handle -> handle.createQuery(COLUMNS + " and number = :number")
                .bind("number", number)
                .map((row, context) -> version(row))
                .findOne()
                .orElseThrow(() -> missing(number)));
    }

    /**
     * The files of a version.
     *
     * @throws Refusal NOT_FOUND when there is none of that number
     */
    public RouteFiles files(long number) {
        return files.get(number, this::read);
    }

    private RouteFiles read(long number) {
        Map<String, String> texts = database.withHandle(handle -> handle.createQuery(
                        """
                        select file.key as path, text from route_versions, jsonb_each(files) file
                        join route_texts on hash = file.value ->> 'hash' where number = :number""")
                .bind("number", number)
                .map((row, context) -> Map.entry(row.getString("path"), row.getString("text")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        if (texts.isEmpty()) {
            throw missing(number);
        }
        return RouteFiles.of(texts);
    }

    /** What took the place of a version that was returned; empty when it was not. */
    Optional<Long> replacement(long number) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select case when kind = 'returned' and restores is null then base
                               else (select max(number) from route_versions other where other.kind = 'returned'
                                     and other.restores is not null and other.base = version.number
                                     and other.state = 'accepted') end
                        from route_versions version where number = :number""")
                .bind("number", number)
                .mapTo(Long.class)
                .findOne());
    }

    /** The version that changed each file last, by path. */
    public SortedMap<String, Long> lastChanges(long number) {
        SortedMap<String, Long> changes = new TreeMap<>();
        database.useHandle(
                handle -> entries(handle, number).forEach((path, entry) -> changes.put(path, entry.version())));
        return changes;
    }

    /** What a version changed: against the one that was in force before it; of the first one, nothing. */
    public List<RouteDiff> changes(Version version) {
        Long base = version.base();
        return base == null ? List.of() : RouteDiff.between(files(base), files(version.number()));
    }

    /** A version of the same files as a hub's folder, if all there are were made of folders; the latest of them. */
    static Optional<Long> ofFolder(Handle handle, String digest) {
        return handle.createQuery(
                        """
                        select max(number) from route_versions
                        where digest = :digest and kind = 'started' and base is null and state = 'accepted'""")
                .bind("digest", digest)
                .mapTo(Long.class)
                .findOne();
    }

    /** Writes a version down: proposed, until it is {@link #accept accepted}. */
    long propose(Handle handle, Making making, RouteFiles files) {
        long number = handle.createQuery("select nextval('route_version_numbers')")
                .mapTo(Long.class)
                .one();
        SortedMap<String, Entry> before = making.base() == null ? new TreeMap<>() : entries(handle, making.base());
        SortedMap<String, Entry> after = new TreeMap<>();
        files.texts().forEach((path, text) -> after.put(path, entry(before.get(path), text, number)));
        keep(handle, files.texts().values());
        handle.createUpdate(
                        """
                        insert into route_versions
                          (number, kind, state, actor, actor_name, message, base, restores, digest, files, changed)
                        values (:number, :kind, 'proposed', :actor,
                          (select name from api_keys where id::text = :actor), :message, :base, :restores, :digest,
                          cast(:files as jsonb), cast(:changed as jsonb))""")
                .bind("number", number)
                .bind("kind", making.kind().word())
                .bind("actor", making.actor())
                .bind("message", making.message())
                .bind("base", making.base())
                .bind("restores", making.restores())
                .bind("digest", digest(files))
                .bind("files", text(after))
                .bind("changed", text(making.base() == null ? List.of() : changed(before, after)))
                .execute();
        return number;
    }

    private static Entry entry(@Nullable Entry before, String text, long number) {
        String hash = RouteFiles.hash(text);
        return before != null && before.hash().equals(hash) ? before : new Entry(hash, number);
    }

    private static List<String> changed(SortedMap<String, Entry> before, SortedMap<String, Entry> after) {
        List<String> paths = new ArrayList<>();
        after.forEach((path, entry) -> {
            if (!entry.equals(before.get(path))) {
                paths.add(path);
            }
        });
        before.keySet().stream().filter(path -> !after.containsKey(path)).forEach(paths::add);
        return paths.stream().sorted().toList();
    }

    private static void keep(Handle handle, Collection<String> texts) {
        PreparedBatch batch =
                handle.prepareBatch("insert into route_texts values (:hash, :text) on conflict do nothing");
        texts.stream().distinct().forEach(text -> batch.bind("hash", RouteFiles.hash(text))
                .bind("text", text)
                .add());
        batch.execute();
    }

    static void accept(Handle handle, long number) {
        handle.execute("update route_versions set state = 'accepted', at = clock_timestamp() where number = ?", number);
    }

    static void call(Handle handle, long number, Version.Kind kind) {
        handle.execute("update route_versions set kind = ? where number = ?", kind.word(), number);
    }

    static void forgetProposals(Handle handle) {
        handle.execute("delete from route_versions where state = 'proposed'");
    }

    /** The same for the same paths and texts, in hexadecimal digits. */
    public static String digest(RouteFiles files) {
        return RouteFiles.hash(files.texts().entrySet().stream()
                .map(file -> RouteFiles.hash(file.getValue()) + " " + file.getKey() + "\n")
                .collect(Collectors.joining()));
    }

    private SortedMap<String, Entry> entries(Handle handle, long number) {
        return handle.createQuery("select files from route_versions where number = :number")
                .bind("number", number)
                .mapTo(String.class)
                .findOne()
                .map(text -> (SortedMap<String, Entry>) read(text, ENTRIES))
                .orElseThrow(() -> missing(number));
    }

    private Version version(ResultSet row) throws SQLException {
        return new Version(
                row.getLong("number"),
                Version.Kind.of(row.getString("kind")),
                row.getTimestamp("at").toInstant(),
                row.getString("actor"),
                row.getString("actor_name"),
                row.getString("message"),
                row.getObject("base", Long.class),
                row.getObject("restores", Long.class),
                read(row.getString("changed"), PATHS),
                row.getString("digest"),
                row.getBoolean("in_force"));
    }

    private static Refusal missing(long number) {
        return Refusal.notFound("version " + number + " of the routes not found: list them with ./hub routes history");
    }

    private <T> T read(String text, TypeReference<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was stored of a version cannot be read", e);
        }
    }

    private String text(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("paths and hashes are JSON", e);
        }
    }
}
