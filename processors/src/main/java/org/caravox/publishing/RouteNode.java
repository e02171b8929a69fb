package org.caravox.publishing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.caravox.jobs.DatabaseAway;
import org.caravox.publishing.InForce.Staged;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This hub as one that follows: it loads what is proposed and says whether it could, and gives new work to what is in
 * force. While the database is away it goes on with what it runs; when it is back, it catches up.
 */
public final class RouteNode {

    /** Where hubs are told that there is something to look at. */
    public static final String CHANNEL = "caravox_routes";

    static final String TELL = "select pg_notify('" + CHANNEL + "', '')";

    private static final Logger log = LoggerFactory.getLogger(RouteNode.class);

    private final Jdbi database;
    private final RouteVersions versions;
    private final RouteNodes nodes;
    private final RouteRuntime runtime;
    private final String name;

    private final AtomicReference<@Nullable InForce> seen = new AtomicReference<>();
    private final Set<Long> loaded = new HashSet<>();
    private @Nullable Long asked;
    private @Nullable Long refused;
    private @Nullable Staged staged;

    private final Object presence = new Object();
    private volatile boolean leaving;

    /** @param name of this hub, different from all others' */
    RouteNode(Jdbi database, RouteVersions versions, RouteNodes nodes, RouteRuntime runtime, String name) {
        this.database = database;
        this.versions = versions;
        this.nodes = nodes;
        this.runtime = runtime;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Says that it is there, unless it is leaving. */
    void alive() {
        long serving = runtime.serving();
        synchronized (presence) {
            if (!leaving) {
                nodes.alive(name, serving);
            }
        }
    }

    /** Says how the routes do that are compared; to count may take long. */
    void count() {
        nodes.counts(name, compared(seen.get()));
    }

    /** It is leaving: nobody is to wait for it, and it goes on with what it runs. */
    void leave() {
        leaving = true;
        synchronized (presence) {
            nodes.gone(name);
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Looks what there is to load, to serve and to try, and does it. */
    synchronized void look() {
        if (leaving) {
            return;
        }
        Optional<InForce> now = database.withHandle(InForce::read);
        if (now.isEmpty()) {
            return;
        }
        seen.set(now.get());
        load(now.get());
        serve(now.get());
        stage(now.get().staged().orElse(null));
        unload(now.get());
    }

    private void load(InForce now) {
        Long proposed = now.proposed();
        if (proposed == null || proposed.equals(asked)) {
            return;
        }
        List<RouteNodes.Count> counts = upTo(now.version());
        if (attempt(proposed, () -> prepare(proposed))) {
            nodes.ready(name, proposed, counts);
        }
        asked = proposed;
    }

    private void prepare(long version) {
        if (!loaded.contains(version) && runtime.serving() != version) {
            runtime.prepare(version, versions.files(version));
            loaded.add(version);
        }
    }

    private void serve(InForce now) {
        long wanted = now.version();
        if (now.ofFolder()
                || wanted == runtime.serving()
                || Long.valueOf(wanted).equals(refused)) {
            return;
        }
        boolean serves = attempt(wanted, () -> {
            prepare(wanted);
            runtime.serve(wanted);
        });
        if (serves) {
            loaded.remove(wanted);
            nodes.serving(name, wanted);
            log.info("routes.serving version={}", wanted);
        }
    }

    private void stage(@Nullable Staged wanted) {
        Staged before = staged;
        if (wanted == null
                || wanted.equals(before)
                || Long.valueOf(wanted.version()).equals(refused)) {
            staged = wanted;
            return;
        }
        boolean tried = attempt(wanted.version(), () -> {
            prepare(wanted.version());
            runtime.stage(wanted.version(), wanted.share());
        });
        if (tried) {
            staged = wanted;
            log.info(
                    "routes.staged version={} percent={} tenant={}",
                    wanted.version(),
                    wanted.percent(),
                    wanted.tenant());
        }
    }

    /** Drops what was proposed or tried and is neither any more. */
    private void unload(InForce now) {
        Set<Long> needed = new HashSet<>(Set.of(now.version()));
        now.staged().ifPresent(tried -> needed.add(tried.version()));
        if (now.proposed() != null) {
            needed.add(now.proposed());
        }
        for (Long version : List.copyOf(loaded)) {
            if (!needed.contains(version)) {
                runtime.discard(version);
                loaded.remove(version);
            }
        }
    }

    /** What a hub cannot load or serve it says once, and goes on with what it runs. */
    private boolean attempt(long version, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RoutesRefused e) {
            refuse(version, e.findings());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            if (DatabaseAway.is(e)) {
                throw e;
            }
            log.error("routes.refused version={}", version, e);
            refuse(version, List.of(Finding.error("routes", 0, 0, "they cannot be loaded: " + e, "")));
        }
        return false;
    }

    private void refuse(long version, List<Finding> findings) {
        log.error("routes.refused version={} serving={} findings=\"{}\"", version, runtime.serving(), findings);
        refused = version;
        nodes.refused(name, version, findings);
    }

    private List<RouteNodes.Count> compared(@Nullable InForce now) {
        if (now == null || now.countsBefore() == null) {
            return List.of();
        }
        if (now.staged().isEmpty()) {
            return exactly(now.version());
        }
        List<RouteNodes.Count> both = new ArrayList<>(upTo(now.version()));
        both.addAll(exactly(now.staged().get().version()));
        return both;
    }

    private List<RouteNodes.Count> exactly(long version) {
        return runtime.counts().stream()
                .filter(counts -> counts.version() == version)
                .map(counts -> new RouteNodes.Count(version, counts.route(), RouteTally.of(counts)))
                .toList();
    }

    /** A route that has not changed for long may be counted by an earlier version that has it too. */
    private List<RouteNodes.Count> upTo(long version) {
        Map<String, RouteRuntime.Counts> latest = new HashMap<>();
        runtime.counts().stream()
                .filter(counts -> counts.version() <= version)
                .forEach(counts -> latest.merge(
                        counts.route(), counts, (one, other) -> one.version() > other.version() ? one : other));
        return latest.values().stream()
                .map(counts -> new RouteNodes.Count(version, counts.route(), RouteTally.of(counts)))
                .toList();
    }
}
