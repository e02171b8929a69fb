package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.publishing.InForce.Staged;
import org.caravox.publishing.PublisherLease.Held;
import org.caravox.publishing.RouteNodes.Node;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts routes in force as one transaction over all hubs: what is wrong with them is found first, then every hub loads
 * them beside what runs, then one row says that they are in force. Until that row is written nothing has changed, whoever
 * dies; from then on every hub that is there, or comes back, serves them.
 */
public final class Publishing {

    /**
     * How a version is tried.
     *
     * @param percent              of new work, 1 to 100
     * @param tenant               whose; null is everybody's
     * @param promoteAfter         when it gets all, if it does well; null: not by itself
     * @param promoteAfterMessages after how many of its messages it does; null: not by itself
     */
    public record Staging(
            int percent,
            @Nullable String tenant,
            @Nullable Duration promoteAfter,
            @Nullable Long promoteAfterMessages) {}

    /**
     * How an edit stands.
     *
     * @param findings  what is wrong with it; empty while there are conflicts
     * @param merged    the files that others have published since
     * @param conflicts where they changed the same files
     */
    public record Checked(List<Finding> findings, List<String> merged, List<Conflict> conflicts) {}

    /** What was proposed and is ready everywhere. */
    private record Loaded(long version, List<String> nodes, String counts) {}

    private record Gate(List<Finding> warnings, int cases) {

        static final Gate OPEN = new Gate(List.of(), 0);
    }

    private static final Logger log = LoggerFactory.getLogger(Publishing.class);
    private static final Duration LOOKS_EVERY = Duration.ofMillis(20);
    private static final Duration WAITS_FOR_OTHERS = Duration.ofSeconds(15);
    private static final int FEW = 4;

    private final Jdbi database;
    private final RouteVersions versions;
    private final RouteNodes nodes;
    private final RouteNode node;
    private final PublisherLease lease;
    private final RouteCheck check;
    private final RouteCases cases;
    private final AuditLog audit;
    private final BiFunction<RouteFiles, RouteFiles, Set<String>> changedRoutes;
    private final PublishingSettings settings;
    private final Clock clock;
    private final Cache<List<Long>, Set<String>> changed =
            Caffeine.newBuilder().maximumSize(FEW).build();

    Publishing(
            Jdbi database,
            RouteVersions versions,
            RouteNodes nodes,
            RouteNode node,
            PublisherLease lease,
            RouteCheck check,
            RouteCases cases,
            AuditLog audit,
            BiFunction<RouteFiles, RouteFiles, Set<String>> changedRoutes,
            PublishingSettings settings,
            Clock clock) {
        this.database = database;
        this.versions = versions;
        this.nodes = nodes;
        this.node = node;
        this.lease = lease;
        this.check = check;
        this.cases = cases;
        this.audit = audit;
        this.changedRoutes = changedRoutes;
        this.settings = settings;
        this.clock = clock;
    }

    /** What is in force. */
    public InForce inForce() {
        return database.withHandle(InForce::read)
                .orElseThrow(() -> new IllegalStateException("no hub has said yet what it starts with"));
    }

    /** What is wrong with an edit, as it would be in force. */
    public Checked check(Edit edit) {
        InForce now = inForce();
        Merge merge = Merge.of(edit, now, versions);
        return merge.conflicts().isEmpty()
                ? new Checked(check.check(merge.files(), versions.files(now.version())), merge.theirs(), List.of())
                : new Checked(List.of(), merge.theirs(), merge.conflicts());
    }

    /**
     * Files with an edit, as they would be in force.
     *
     * @throws NotPublished when others have changed the same files
     */
    public RouteFiles files(Edit edit) {
        return merged(edit, inForce()).files();
    }

    /**
     * Runs cases with an edit.
     *
     * @param all whether all run, and not only those that the edit can reach
     * @throws NotPublished when others have changed the same files
     */
    public List<RouteCases.Result> test(Edit edit, boolean all) {
        InForce now = inForce();
        return cases.run(merged(edit, now).files(), all ? RouteFiles.NONE : versions.files(now.version()));
    }

    /**
     * Puts an edit in force. What others have published since it was begun stays.
     *
     * @param actor   who wants it: the id of an API key
     * @param message what is changed and why
     * @throws NotPublished when something speaks against it; nothing has changed
     * @throws Refusal CONFLICT when something is tried just now, or nothing differs
     */
    public Published publish(Edit edit, String actor, String message) {
        return alone(actor, (held, now, began) -> {
            Merge merge = readyToGo(edit, now);
            Gate gate = gate(merge.files(), now, true);
            var making = new RouteVersions.Making(Version.Kind.PUBLISHED, actor, message, now.version(), null);
            Loaded loaded = load(held, making, merge.files());
            List<String> late = replace(held, now, loaded, making, "route.published", settings.probation());
            return published(loaded, merge.theirs(), gate, late, began);
        });
    }

    /**
     * Tries an edit: it gets some of the new work, until it is promoted or returned.
     *
     * @throws NotPublished when something speaks against it; nothing has changed
     */
    public Published stage(Edit edit, Staging staging, String actor, String message) {
        return alone(actor, (held, now, began) -> {
            Merge merge = readyToGo(edit, now);
            Gate gate = gate(merge.files(), now, true);
            var making = new RouteVersions.Making(Version.Kind.STAGED, actor, message, now.version(), null);
            Loaded loaded = load(held, making, merge.files());
            audited(
                    "route.staged",
                    actor,
                    loaded.version(),
                    staging.tenant() == null
                            ? Map.of("percent", staging.percent())
                            : Map.of("percent", staging.percent(), "tenant", staging.tenant()),
                    handle -> {
                        held.settle(handle);
                        RouteVersions.accept(handle, loaded.version());
                        tryOut(handle, now, loaded, staging);
                    });
            node.look();
            return new Published(
                    versions.get(loaded.version()),
                    merge.theirs(),
                    gate.warnings(),
                    gate.cases(),
                    List.of(),
                    since(began));
        });
    }

    private Merge readyToGo(Edit edit, InForce now) {
        now.staged().ifPresent(tried -> {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "version " + tried.version() + " is tried just now: promote or return it first");
        });
        Merge merge = merged(edit, now);
        if (merge.files().equals(versions.files(now.version()))) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "nothing differs from version " + now.version()
                            + ", which is in force: there is nothing to publish");
        }
        return merge;
    }

    private Merge merged(Edit edit, InForce now) {
        Merge merge = Merge.of(edit, now, versions);
        if (!merge.conflicts().isEmpty()) {
            throw NotPublished.conflicting(merge.conflicts());
        }
        return merge;
    }

    /**
     * Puts the files of an earlier version in force again, as a new one. What is tried ends.
     *
     * @throws NotPublished when something speaks against it; nothing has changed
     */
    public Published rollBack(long to, String actor, String message) {
        return alone(actor, (held, now, began) -> {
            Version wanted = versions.get(to);
            if (wanted.digest().equals(versions.get(now.version()).digest())) {
                throw new Refusal(
                        Refusal.Reason.CONFLICT,
                        "version " + now.version() + ", which is in force, has the files of version " + to
                                + " already");
            }
            return restore(held, now, Version.Kind.ROLLED_BACK, to, actor, message, began);
        });
    }

    private Published restore(
            Held held, InForce now, Version.Kind kind, long to, String actor, String message, Instant began) {
        RouteFiles files = versions.files(to);
        Gate gate = kind == Version.Kind.RETURNED ? Gate.OPEN : gate(files, now, false);
        var making = new RouteVersions.Making(kind, actor, message, now.version(), to);
        Loaded loaded = load(held, making, files);
        String act = kind == Version.Kind.RETURNED ? "route.returned" : "route.rolled-back";
        List<String> late = replace(held, now, loaded, making, act, Duration.ZERO);
        return published(loaded, List.of(), gate, late, began);
    }

    /**
     * Gives what is tried all new work.
     *
     * @throws Refusal CONFLICT when nothing is tried
     */
    public Published promote(String actor, String message) {
        return alone(actor, (held, now, began) -> {
            Staged tried = now.staged().orElseThrow(Publishing::nothingIsTried);
            List<String> there = alive();
            Loaded loaded = new Loaded(tried.version(), there, nodes.text(RouteNodes.counts(nodes.all())));
            audited("route.promoted", actor, tried.version(), told(message), handle -> {
                held.settle(handle);
                RouteVersions.call(handle, tried.version(), Version.Kind.PUBLISHED);
                putInForce(handle, now, loaded, settings.probation());
            });
            node.look();
            return published(loaded, List.of(), Gate.OPEN, awaitServing(held, now, loaded), began);
        });
    }

    /**
     * Takes back what is tried or, within its probation, what was published.
     *
     * @param version the one to take back; null is whichever is tried, or on probation
     * @throws Refusal CONFLICT when it is neither
     */
    public Published giveBack(@Nullable Long version, String actor, String message) {
        return alone(actor, (held, now, began) -> {
            Long previous = now.previous();
            if (now.staged().isPresent()) {
                Staged tried = now.staged().get();
                checkIs(version, tried.version());
                audited("route.returned", actor, tried.version(), told(message), handle -> {
                    held.settle(handle);
                    RouteVersions.call(handle, tried.version(), Version.Kind.RETURNED);
                    handle.execute(
                            "update route_versions set message = concat_ws(' - returned: ', nullif(message, ''), ?)"
                                    + " where number = ?",
                            message.isEmpty() ? "by hand" : message,
                            tried.version());
                    handle.execute("update routes_in_force set staged = null, counts_before = null");
                    handle.execute(RouteNode.TELL);
                });
                node.look();
                return new Published(versions.get(now.version()), List.of(), List.of(), 0, List.of(), since(began));
            }
            if (previous == null) {
                throw nothingIsTried();
            }
            checkIs(version, now.version());
            return restore(held, now, Version.Kind.RETURNED, previous, actor, message, began);
        });
    }

    /**
     * The hub that could not serve what is in force and runs something else, and why; empty when there is none. Whoever
     * puts a version in force sees to that itself, unless it dies before.
     */
    Optional<String> split(InForce now) {
        long version = now.version();
        if (now.ofFolder() || !returnsByItself(versions.get(version))) {
            return Optional.empty();
        }
        return nodes.all().stream()
                .filter(one -> one.alive() && one.serving() != version)
                .filter(one -> Long.valueOf(version).equals(one.refused()))
                .findFirst()
                .map(Publishing::couldNotServe);
    }

    /**
     * Puts what was before a version in force again.
     *
     * @param version which is in force
     * @throws Refusal CONFLICT when it no longer is
     */
    void takeBack(long version, String why) {
        var unused = alone(Act.HUB, (held, now, began) -> {
            checkIs(version, now.version());
            Long base = versions.get(version).base();
            if (base == null) {
                throw nothingIsTried();
            }
            return restore(held, now, Version.Kind.RETURNED, base, Act.HUB, why, began);
        });
    }

    /** What came back itself does not; nor does the folder that a hub was told to start with. */
    private static boolean returnsByItself(Version version) {
        return version.kind() == Version.Kind.PUBLISHED || version.kind() == Version.Kind.ROLLED_BACK;
    }

    private static String couldNotServe(Node refusing) {
        return refusing.node() + " could not serve it: "
                + (refusing.findings().isEmpty()
                        ? "it does not say why"
                        : refusing.findings().get(0));
    }

    private static void checkIs(@Nullable Long wanted, long found) {
        if (wanted != null && wanted != found) {
            throw nothingIsTried();
        }
    }

    private static Refusal nothingIsTried() {
        return new Refusal(
                Refusal.Reason.CONFLICT,
                "nothing is tried, and nothing is on probation: ./hub routes rollback VERSION goes to any version");
    }

    /** How the routes that changed do on what is tried or on probation, and on what was before; worst first. */
    public List<RouteComparison> compare() {
        InForce now = inForce();
        String before = now.countsBefore();
        if (before == null) {
            return List.of();
        }
        List<RouteNodes.Count> counts = RouteNodes.counts(nodes.all());
        Map<String, RouteTally> then = RouteNodes.sum(
                nodes.readCounts(before), now.staged().isPresent() ? now.version() : or(now.previous(), 0));
        Map<String, RouteTally> old =
                now.staged().isPresent() ? since(RouteNodes.sum(counts, now.version()), then) : then;
        long tried = now.staged().map(Staged::version).orElse(now.version());
        Map<String, RouteTally> fresh = RouteNodes.sum(counts, tried);
        return changed(now, tried).stream()
                .sorted()
                .map(route -> RouteComparison.of(
                        route,
                        old.getOrDefault(route, RouteTally.NONE),
                        fresh.getOrDefault(route, RouteTally.NONE),
                        settings.limits()))
                .toList();
    }

    private static long or(@Nullable Long number, long otherwise) {
        return number == null ? otherwise : number;
    }

    private static Map<String, RouteTally> since(Map<String, RouteTally> now, Map<String, RouteTally> then) {
        return now.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .since(then.getOrDefault(entry.getKey(), RouteTally.NONE))));
    }

    private Set<String> changed(InForce now, long tried) {
        long before = now.staged().isPresent() ? now.version() : or(now.previous(), now.version());
        return changed.get(
                List.of(before, tried), pair -> changedRoutes.apply(versions.files(before), versions.files(tried)));
    }

    /** How the hubs stand, by name; those that are gone are left out. */
    public List<Standing> standings() {
        return nodes.all().stream()
                .filter(Node::alive)
                .map(there -> new Standing(
                        there.node(),
                        there.serving(),
                        there.aliveAt(),
                        there.refused() == null || there.findings().isEmpty()
                                ? null
                                : "version " + there.refused() + ": "
                                        + there.findings().get(0)))
                .toList();
    }

    /**
     * A hub.
     *
     * @param problem what it could not load or serve; null for nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Standing(String node, long serving, Instant aliveAt, @Nullable String problem) {}

    private interface Work {

        Published done(Held held, InForce now, Instant began);
    }

    private Published alone(String actor, Work work) {
        Instant began = clock.instant();
        return lease.hold(actor, Deadline.in(WAITS_FOR_OTHERS, clock), held -> work.done(held, inForce(), began));
    }

    private Gate gate(RouteFiles files, InForce now, boolean withCases) {
        RouteFiles before = versions.files(now.version());
        List<Finding> findings = check.check(files, before);
        if (findings.stream().anyMatch(finding -> !finding.warning())) {
            throw NotPublished.because(findings, null);
        }
        List<RouteCases.Result> results = withCases ? cases.run(files, before) : List.of();
        List<RouteCases.Result> failed =
                results.stream().filter(result -> !result.holds()).toList();
        if (!failed.isEmpty()) {
            throw NotPublished.failing(failed);
        }
        return new Gate(findings, results.size());
    }

    /** Has every hub load a version beside what runs. When one does not, it is as if it had never been proposed. */
    private Loaded load(Held held, RouteVersions.Making making, RouteFiles files) {
        List<String> there = alive();
        long version = database.inTransaction(handle -> {
            long number = versions.propose(handle, making, files);
            held.propose(handle, number);
            handle.execute(RouteNode.TELL);
            return number;
        });
        node.look();
        List<Node> ready = awaitReady(there, version);
        return new Loaded(
                version,
                ready.stream().map(Node::node).toList(),
                nodes.text(ready.stream().flatMap(one -> one.counted().stream()).toList()));
    }

    private static boolean isReady(Node node, long version) {
        return Long.valueOf(version).equals(node.ready());
    }

    private List<String> alive() {
        node.alive();
        return nodes.all().stream().filter(Node::alive).map(Node::node).toList();
    }

    private List<Node> awaitReady(List<String> names, long version) {
        Deadline deadline = Deadline.in(settings.publishWithin(), clock);
        while (true) {
            List<Node> there = there(names);
            refusing(there, version).ifPresent(one -> {
                throw NotPublished.because(one.findings(), there.size() == 1 ? null : one.node());
            });
            List<Node> missing =
                    there.stream().filter(one -> !isReady(one, version)).toList();
            if (missing.isEmpty()) {
                return there;
            }
            missing.stream().filter(one -> !one.alive()).findFirst().ifPresent(dead -> {
                throw NotPublished.silent(dead.node(), "died before it had loaded version " + version);
            });
            if (deadline.passed()) {
                throw NotPublished.silent(
                        missing.get(0).node(),
                        "did not load it within " + settings.publishWithin().toSeconds() + " s");
            }
            LockSupport.parkNanos(LOOKS_EVERY.toNanos());
        }
    }

    private List<Node> there(List<String> names) {
        return nodes.all().stream().filter(one -> names.contains(one.node())).toList();
    }

    private static Optional<Node> refusing(List<Node> there, long version) {
        return there.stream()
                .filter(one -> Long.valueOf(version).equals(one.refused()))
                .findFirst();
    }

    /** From here on it is in force. When a hub cannot open a door of it after all, the one before comes back. */
    private List<String> replace(
            Held held, InForce now, Loaded loaded, RouteVersions.Making making, String act, Duration probation) {
        audited(act, making.actor(), loaded.version(), told(making, now), handle -> {
            held.settle(handle);
            RouteVersions.accept(handle, loaded.version());
            putInForce(handle, now, loaded, probation);
        });
        node.look();
        return awaitServing(held, now, loaded);
    }

    /** Waits for all that are still there; those that take too long are told of, since it is in force already. */
    private List<String> awaitServing(Held held, InForce before, Loaded loaded) {
        Deadline deadline = Deadline.in(settings.publishWithin(), clock);
        while (true) {
            List<Node> there = there(loaded.nodes());
            Optional<Node> refusing = refusing(there, loaded.version());
            if (refusing.isPresent()) {
                Node one = refusing.get();
                takeBack(held, before, one);
                throw NotPublished.because(one.findings(), there.size() == 1 ? null : one.node());
            }
            List<String> late = there.stream()
                    .filter(one -> one.alive() && one.serving() != loaded.version())
                    .map(Node::node)
                    .toList();
            if (late.isEmpty() || deadline.passed()) {
                return late;
            }
            LockSupport.parkNanos(LOOKS_EVERY.toNanos());
        }
    }

    private void takeBack(Held held, InForce before, Node refusing) {
        InForce now = inForce();
        String why = couldNotServe(refusing);
        var making = new RouteVersions.Making(Version.Kind.RETURNED, Act.HUB, why, now.version(), before.version());
        Loaded loaded = load(held, making, versions.files(before.version()));
        audited("route.returned", Act.HUB, loaded.version(), told(why), handle -> {
            held.settle(handle);
            RouteVersions.accept(handle, loaded.version());
            putInForce(handle, now, loaded, Duration.ZERO);
        });
        node.look();
    }

    private static void tryOut(Handle handle, InForce now, Loaded loaded, Staging staging) {
        Duration after = staging.promoteAfter();
        int rows = handle.createUpdate(
                        """
                        update routes_in_force set staged = :version, staged_percent = :percent, staged_tenant = :tenant,
                          staged_at = clock_timestamp(), counts_before = cast(:counts as jsonb),
                          promote_at = clock_timestamp() + :after * interval '1 millisecond', promote_after = :messages,
                          previous = null, probation_until = null
                        where version = :before""")
                .bind("version", loaded.version())
                .bind("percent", staging.percent())
                .bind("tenant", staging.tenant())
                .bind("counts", loaded.counts())
                .bind("after", after == null ? null : after.toMillis())
                .bind("messages", staging.promoteAfterMessages())
                .bind("before", now.version())
                .execute();
        checkChanged(rows);
        handle.execute(RouteNode.TELL);
    }

    private void audited(String act, String actor, long version, Map<String, ?> details, Consumer<Handle> change) {
        audit.together(
                () -> {
                    database.useHandle(change::accept);
                    return version;
                },
                made -> Optional.of(new Act(null, actor, true, act, Long.toString(version), details)));
        log.info("{} version={} by={} {}", act, version, actor, details);
    }

    private static Map<String, ?> told(RouteVersions.Making making, InForce before) {
        Map<String, Object> details = new TreeMap<>(told(making.message()));
        details.put("base", before.version());
        Long restores = making.restores();
        if (restores != null) {
            details.put("restores", restores);
        }
        return details;
    }

    private static Map<String, ?> told(String message) {
        return message.isEmpty() ? Map.of() : Map.of("message", message);
    }

    private Published published(Loaded loaded, List<String> merged, Gate gate, List<String> late, Instant began) {
        return new Published(versions.get(loaded.version()), merged, gate.warnings(), gate.cases(), late, since(began));
    }

    private Duration since(Instant began) {
        return Duration.between(began, clock.instant());
    }

    private static void putInForce(Handle handle, InForce now, Loaded loaded, Duration probation) {
        int rows = handle.createUpdate(
                        """
                        update routes_in_force set version = :version, since = clock_timestamp(), staged = null,
                          previous = case when :probation > 0 then :before end,
                          probation_until = case when :probation > 0
                            then clock_timestamp() + :probation * interval '1 millisecond' end,
                          counts_before = case when :probation > 0 then cast(:counts as jsonb) end
                        where version = :before""")
                .bind("version", loaded.version())
                .bind("before", now.version())
                .bind("probation", probation.toMillis())
                .bind("counts", loaded.counts())
                .execute();
        checkChanged(rows);
        handle.execute(RouteNode.TELL);
    }

    private static void checkChanged(int rows) {
        if (rows != 1) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "nothing was published: a hub that was started with its folder has put that in force: try again");
        }
    }
}
