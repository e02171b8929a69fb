package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.caravox.publishing.Edit;
import org.caravox.publishing.InForce;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteDiff;
import org.caravox.publishing.RouteDrafts;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RouteVersions;
import org.caravox.publishing.Version;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Role;
import org.jspecify.annotations.Nullable;

/** {@code GET /routes} and what is below it: the routes, their versions, and what differs between them. */
public final class RoutePages {

    /**
     * What a file says of its route.
     *
     * @param tenant whose work it takes instead of the route of the same id; null is everybody's
     */
    public record Described(String id, String file, String description, @Nullable String tenant) {}

    /** A route, how it does, and the version that changed its file last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Route(
            String id, String file, String description, @Nullable String tenant, long version, List<Count> counts) {}

    /** How a route does on a version, on this hub. */
    record Count(long version, Instant since, long done, long failed, long inFlight, double meanMs, double p99Ms) {

        static Count of(RouteRuntime.Counts counts) {
            return new Count(
                    counts.version(),
                    counts.since(),
                    counts.done(),
                    counts.failed(),
                    counts.inFlight(),
                    counts.mean().toNanos() / 1e6,
                    counts.p99().toNanos() / 1e6);
        }
    }

    /** All there is. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record All(
            long version,
            Instant since,
            Role role,
            @Nullable Instant probationUntil,
            InForce.@Nullable Staged staged,
            List<RouteComparison> comparison,
            List<Publishing.Standing> nodes,
            List<Route> routes) {}

    private final Publishing publishing;
    private final RouteVersions versions;
    private final RouteDrafts drafts;
    private final RouteRuntime runtime;
    private final Function<RouteFiles, List<Described>> descriptions;
    private final ObjectMapper json;

    /** @param descriptions the routes of files, in the order of these */
    public RoutePages(
            Publishing publishing,
            RouteVersions versions,
            RouteDrafts drafts,
            RouteRuntime runtime,
            Function<RouteFiles, List<Described>> descriptions,
            ObjectMapper json) {
        this.publishing = publishing;
        this.versions = versions;
        this.drafts = drafts;
        this.runtime = runtime;
        this.descriptions = descriptions;
        this.json = json;
    }

    /** {@code GET /routes}. */
    public void list(Exchange exchange) throws IOException {
        viewer(exchange);
        Query.of(exchange, Set.of(), json);
        InForce now = publishing.inForce();
        Map<String, Long> changed = versions.lastChanges(now.version());
        List<RouteRuntime.Counts> counts = runtime.counts();
        List<Route> routes = descriptions.apply(versions.files(now.version())).stream()
                .map(route -> new Route(
                        route.id(),
                        route.file(),
                        route.description(),
                        route.tenant(),
                        changed.getOrDefault(route.file(), now.version()),
                        counts.stream()
                                .filter(each -> each.route().equals(route.id()))
                                .map(Count::of)
                                .toList()))
                .toList();
        Answers.write(
                json,
                exchange,
                200,
                new All(
                        now.version(),
                        now.since(),
                        Callers.caller(exchange).role(),
                        now.probationUntil(),
                        now.staged().orElse(null),
                        publishing.compare(),
                        publishing.standings(),
                        routes));
    }

    /** {@code GET /routes/files}: of a version, or of a draft as it would be in force. */
    public void files(Exchange exchange) throws IOException {
        viewer(exchange);
        Query query = Query.of(exchange, Set.of("version", "draft", "path"), json);
        String draft = query.text("draft");
        String path = query.text("path");
        if (draft != null && query.text("version") != null) {
            throw Refusal.invalid("name a version or a draft, not both");
        }
        long version =
                version(query, "version").orElseGet(() -> publishing.inForce().version());
        RouteFiles files = draft == null ? versions.files(version) : ofDraft(draft);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(draft == null ? "version" : "draft", draft == null ? version : draft);
        answer.put("digest", RouteVersions.digest(files));
        answer.put("files", path == null ? files.texts() : Map.of(path, text(files, path)));
        Answers.write(json, exchange, 200, answer);
    }

    private static String text(RouteFiles files, String path) {
        return files.text(path).orElseThrow(() -> Refusal.notFound("file " + Fields.printable(path) + " not found"));
    }

    private RouteFiles ofDraft(String draft) {
        Edit edit = drafts.edit(draft);
        return edit.on(versions.files(edit.base()));
    }

    /** {@code GET /routes/versions}. */
    public void versions(Exchange exchange) throws IOException {
        viewer(exchange);
        Query query = Query.of(exchange, Set.of("cursor", "limit"), json);
        int limit = query.limit();
        List<Version> found = versions.list(version(query, "cursor").orElse(null), limit + 1);
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("versions", found.size() > limit ? found.subList(0, limit) : found);
        if (found.size() > limit) {
            page.put("nextCursor", found.get(limit - 1).number());
        }
        Answers.write(json, exchange, 200, page);
    }

    /** {@code GET /routes/versions/{number}}. */
    public void version(Exchange exchange) throws IOException {
        viewer(exchange);
        Version version = versions.get(RouteEdits.number(exchange.getMessage().getHeader("number", String.class)));
        Answers.write(json, exchange, 200, Map.of("version", version, "changes", versions.changes(version)));
    }

    /** {@code GET /routes/diff}. */
    public void diff(Exchange exchange) throws IOException {
        viewer(exchange);
        Query query = Query.of(exchange, Set.of("from", "to", "draft"), json);
        String draft = query.text("draft");
        if (draft != null && query.text("to") != null) {
            throw Refusal.invalid("name a version or a draft to compare with, not both");
        }
        long inForce = publishing.inForce().version();
        long from = version(query, "from")
                .orElseGet(() -> draft == null ? inForce : drafts.get(draft).base());
        long to = version(query, "to").orElse(inForce);
        List<RouteDiff> changes =
                RouteDiff.between(versions.files(from), draft == null ? versions.files(to) : ofDraft(draft));
        Answers.write(
                json,
                exchange,
                200,
                Map.of(
                        "from",
                        Long.toString(from),
                        "to",
                        draft == null ? Long.toString(to) : "draft " + draft,
                        "changes",
                        changes));
    }

    private static void viewer(Exchange exchange) {
        Callers.caller(exchange).require(Role.VIEWER);
    }

    private static Optional<Long> version(Query query, String name) {
        return Optional.ofNullable(query.text(name)).map(RouteEdits::number);
    }
}
