package org.caravox.publishing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.publishing.InForce.Staged;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This hub's part in publishing, every second: it says that it is there, follows what is in force, and the first of the
 * hubs by name returns or promotes what is tried.
 */
public final class Rollout implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Rollout.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final RouteNode node;
    private final PublisherLease lease;
    private final Publishing publishing;
    private final Clock clock;
    private final ScheduledExecutorService turns = Executors.newScheduledThreadPool(3, work -> {
        Thread thread = new Thread(work, "routes");
        thread.setDaemon(true);
        return thread;
    });
    private boolean away;

    /**
     * Its parts.
     *
     * @param name          of this hub, different from all others'
     * @param changedRoutes the ids of the routes that differ between two sets of files, by their own text or by what they
     *                      use
     */
    public Rollout(
            Jdbi database,
            ObjectMapper json,
            RouteVersions versions,
            RouteRuntime runtime,
            RouteCheck check,
            RouteCases cases,
            AuditLog audit,
            BiFunction<RouteFiles, RouteFiles, Set<String>> changedRoutes,
            PublishingSettings settings,
            String name,
            Clock clock) {
        RouteNodes nodes = new RouteNodes(database, json);
        this.node = new RouteNode(database, versions, nodes, runtime, name);
        this.lease = new PublisherLease(database, name);
        this.publishing = new Publishing(
                database, versions, nodes, node, lease, check, cases, audit, changedRoutes, settings, clock);
        this.clock = clock;
    }

    /** Begins; what the hub starts with must run by now. */
    public void start() {
        node.alive();
        each(this::live);
        each(this::look);
        each(this::judge);
    }

    private void each(Runnable work) {
        var unused = turns.scheduleWithFixedDelay(work, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What publishes. */
    public Publishing publishing() {
        return publishing;
    }

    private void live() {
        try {
            node.alive();
            lease.renew();
            if (away) {
                away = false;
                log.info("routes.database.again");
            }
        } catch (RuntimeException e) {
            if (!away) {
                away = true;
                log.warn(
                        "routes.database.away reason=\"{}\": this hub goes on with the routes that it runs",
                        e.getMessage());
            }
        }
    }

    /** Looks whether there is something to do; called when it was told so, too. */
    public void look() {
        try {
            node.look();
        } catch (RuntimeException e) {
            log.debug("routes.look.failed", e);
        }
    }

    private void judge() {
        try {
            InForce now = publishing.inForce();
            boolean compared = now.staged().isPresent() || now.onProbation();
            if (compared && publishing.standings().get(0).node().equals(node.name())) {
                judge(now);
            }
        } catch (Refusal e) {
            log.info("routes.judge.refused reason=\"{}\"", e.getMessage());
        } catch (RuntimeException e) {
            log.debug("routes.judge.failed", e);
        }
    }

    private void judge(InForce now) {
        long tried = now.staged().map(Staged::version).orElse(now.version());
        var compared = publishing.compare();
        Optional<RouteComparison> worse =
                compared.stream().filter(RouteComparison::worse).findFirst();
        if (worse.isPresent()) {
            log.warn(
                    "routes.returned version={} reason=\"{}\"",
                    tried,
                    worse.get().told());
            publishing.giveBack(tried, Act.HUB, worse.get().told());
            return;
        }
        long messages = compared.stream().mapToLong(one -> one.after().done()).sum();
        if (now.staged().isPresent() && isDue(now.staged().get(), messages, clock.instant())) {
            publishing.promote(Act.HUB, "it did well with " + messages + " messages");
        }
    }

    private static boolean isDue(Staged tried, long messages, Instant now) {
        Instant at = tried.promoteAt();
        Long after = tried.promoteAfterMessages();
        return (at != null && !now.isBefore(at)) || (after != null && messages >= after);
    }

    @Override
    public void close() {
        turns.shutdownNow();
        try {
            node.leave();
        } catch (RuntimeException e) {
            log.debug("routes.leave.failed", e);
        }
    }
}
