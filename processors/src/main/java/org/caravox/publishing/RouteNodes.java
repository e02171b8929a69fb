package org.caravox.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The hubs of a database, and how each stands to the versions: a row each, which only that hub writes. */
final class RouteNodes {

    /** One that was not heard of for so long is not there. */
    static final Duration DEAD_AFTER = Duration.ofSeconds(5);

    /** How a route does on a version. */
    record Count(long version, String route, RouteTally tally) {}

    /**
     * A hub.
     *
     * @param alive    whether it was heard of of late
     * @param ready    the version that it has loaded last; null for none
     * @param refused  the version that it could not load or serve; null for none
     * @param findings why
     * @param counts   how routes do on the versions that are compared
     * @param counted  how they did on what was in force when it had loaded {@code ready}
     */
    record Node(
            String node,
            boolean alive,
            Instant aliveAt,
            long serving,
            @Nullable Long ready,
            @Nullable Long refused,
            List<Finding> findings,
            List<Count> counts,
            List<Count> counted) {}

    private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};
    private static final TypeReference<List<Count>> COUNTS = new TypeReference<>() {};

    private final Jdbi database;
    private final ObjectMapper json;

    RouteNodes(Jdbi database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /** Says that a hub is there. */
    void alive(String node, long serving) {
        database.useHandle(handle -> {
            handle.createUpdate(
                            """
                            insert into route_nodes (node, alive_at, serving) values (:node, clock_timestamp(), :serving)
                            on conflict (node) do update set alive_at = excluded.alive_at, serving = excluded.serving""")
                    .bind("node", node)
                    .bind("serving", serving)
                    .execute();
            handle.execute("delete from route_nodes where alive_at < clock_timestamp() - interval '1 hour'");
        });
    }

    /** Says how routes do on the versions that are compared. */
    void counts(String node, List<Count> counts) {
        database.useHandle(handle -> handle.createUpdate(
                        "update route_nodes set counts = cast(:counts as jsonb) where node = :node")
                .bind("counts", counts.isEmpty() ? null : text(counts))
                .bind("node", node)
                .execute());
    }

    /** Says that a hub has loaded a version, and how the one that it serves has done so far. */
    void ready(String node, long version, List<Count> counts) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        update route_nodes set ready = :version, refused = null, findings = null,
                          counted = cast(:counts as jsonb) where node = :node""")
                .bind("version", version)
                .bind("counts", text(counts))
                .bind("node", node)
                .execute());
    }

    /** Says that a hub cannot load or serve a version. */
    void refused(String node, long version, List<Finding> findings) {
        database.useHandle(handle -> handle.createUpdate(
                        "update route_nodes set refused = :version, findings = cast(:findings as jsonb) where node = :node")
                .bind("version", version)
                .bind("findings", text(findings))
                .bind("node", node)
                .execute());
    }

    void serving(String node, long version) {
        database.useHandle(
                handle -> handle.execute("update route_nodes set serving = ? where node = ?", version, node));
    }

    void gone(String node) {
        database.useHandle(handle -> handle.execute("delete from route_nodes where node = ?", node));
    }

    /** All that were there of late, by name. */
    List<Node> all() {
        return database.withHandle(this::all);
    }

    private List<Node> all(Handle handle) {
        return handle.createQuery(
                        """
                        select *, alive_at > clock_timestamp() - :dead * interval '1 millisecond' as alive
                        from route_nodes order by node""")
                .bind("dead", DEAD_AFTER.toMillis())
                .map((row, context) -> node(row))
                .list();
    }

    private Node node(ResultSet row) throws SQLException {
        return new Node(
                row.getString("node"),
                row.getBoolean("alive"),
                row.getTimestamp("alive_at").toInstant(),
                row.getLong("serving"),
                row.getObject("ready", Long.class),
                row.getObject("refused", Long.class),
                read(row.getString("findings"), FINDINGS),
                read(row.getString("counts"), COUNTS),
                read(row.getString("counted"), COUNTS));
    }

    /** The counts of all hubs on one version, by route. */
    static Map<String, RouteTally> sum(List<Count> counts, long version) {
        Map<String, RouteTally> sum = new HashMap<>();
        counts.stream()
                .filter(count -> count.version() == version)
                .forEach(count -> sum.merge(count.route(), count.tally(), RouteTally::plus));
        return sum;
    }

    static List<Count> counts(List<Node> nodes) {
        return nodes.stream().flatMap(node -> node.counts().stream()).toList();
    }

    List<Count> readCounts(@Nullable String text) {
        return read(text, COUNTS);
    }

    String text(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("findings and counts are JSON", e);
        }
    }

    private <T> List<T> read(@Nullable String text, TypeReference<List<T>> type) {
        try {
            return text == null ? List.of() : json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "what another hub wrote of itself cannot be read: are they of one version?", e);
        }
    }
}
