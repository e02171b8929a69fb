package org.caravox.publishing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.jobs.DatabaseAway;
import org.caravox.publishing.InForce.Staged;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This hub's part in publishing, every second: it says that it is there, follows what is in force, and the first of the
 * hubs by name returns or promotes what is tried.
 */
public final class Rollout implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Rollout.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration RETURNS_AGAIN = Duration.ofSeconds(5);

    private final RouteNode node;
    private final PublisherLease lease;
    private final Publishing publishing;
    private final int leastMessages;
    private final Clock clock;
    private final ScheduledExecutorService turns = Executors.newScheduledThreadPool(4, work -> {
        Thread thread = new Thread(work, "routes");
        thread.setDaemon(true);
        return thread;
    });
    private boolean away;
    private @Nullable Long notReturned;
    private Instant returnsAgain = Instant.MIN;

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
        this.leastMessages = settings.limits().leastMessages();
        this.clock = clock;
    }

    /** Begins; what the hub starts with must run by now. */
    public void start() {
        node.alive();
        each(this::live);
        each(this::count);
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
            lease.renew();
            node.alive();
            if (away) {
                away = false;
                log.info("routes.database.again");
            }
        } catch (Throwable e) {
            if (!away) {
                away = true;
                log.warn(
                        "routes.database.away reason=\"{}\": this hub goes on with the routes that it runs",
                        e.getMessage());
            }
        }
    }

    private void count() {
        try {
            node.count();
        } catch (Throwable e) {
            failed("routes.count.failed", e);
        }
    }

    /** Whatever fails, the next turn comes: an exception out of a turn would be its last. */
    private static void failed(String event, Throwable e) {
        if (e instanceof Error) {
            log.error(event, e);
        } else {
            log.debug(event, e);
        }
    }

    /** Looks whether there is something to do; called when it was told so, too. */
    public void look() {
        try {
            node.look();
        } catch (Throwable e) {
            failed("routes.look.failed", e);
        }
    }

    private void judge() {
        try {
            if (isFirst() && !clock.instant().isBefore(returnsAgain)) {
                judge(publishing.inForce());
            }
        } catch (Refusal e) {
            log.info("routes.judge.refused reason=\"{}\"", e.getMessage());
        } catch (Throwable e) {
            failed("routes.judge.failed", e);
        }
    }

    private boolean isFirst() {
        List<Publishing.Standing> there = publishing.standings();
        return !node.isLeaving() && !there.isEmpty() && there.get(0).node().equals(node.name());
    }

    private void judge(InForce now) {
        Optional<String> split = publishing.split(now);
        if (split.isPresent()) {
            giveBack(now.version(), split.get(), publishing::takeBack);
        } else if (now.staged().isPresent() || now.onProbation()) {
            compare(now);
        }
    }

    private void compare(InForce now) {
        long tried = now.staged().map(Staged::version).orElse(now.version());
        var compared = publishing.compare();
        Optional<RouteComparison> worse =
                compared.stream().filter(RouteComparison::worse).findFirst();
        if (worse.isPresent()) {
            giveBack(tried, worse.get().told(), (version, why) -> publishing.giveBack(version, Act.HUB, why));
            return;
        }
        long messages = compared.stream().mapToLong(one -> one.after().done()).sum();
        boolean enough = messages >= leastMessages || compared.isEmpty();
        if (now.staged().isPresent() && isDue(now.staged().get(), messages, enough, clock.instant())) {
            publishing.promote(Act.HUB, "it did well with " + messages + " messages");
        }
    }

    /** When it cannot go back now, it is tried again: some hub may only just have died. */
    private void giveBack(long version, String why, BiConsumer<Long, String> back) {
        try {
            back.accept(version, why);
            log.warn("routes.returned version={} reason=\"{}\"", version, why);
        } catch (RuntimeException e) {
            if (isOver(e)) {
                throw e;
            }
            returnsAgain = clock.instant().plus(RETURNS_AGAIN);
            if (!Long.valueOf(version).equals(notReturned)) {
                notReturned = version;
                log.error("routes.return.failed version={}: it stays in force; ./hub routes rollback", version, e);
            }
        }
    }

    /** Whether somebody else was first, or nothing can be done just now. */
    private static boolean isOver(RuntimeException e) {
        return DatabaseAway.is(e)
                || (e instanceof Refusal refusal
                        && !(e instanceof NotPublished)
                        && refusal.reason() == Refusal.Reason.CONFLICT);
    }

    /** @param enough whether it had messages enough to tell that it does well */
    private static boolean isDue(Staged tried, long messages, boolean enough, Instant now) {
        Instant at = tried.promoteAt();
        Long after = tried.promoteAfterMessages();
        return (at != null && enough && !now.isBefore(at)) || (after != null && messages >= after);
    }

    /** This hub stops: it has no say any more in what is published, and nobody waits for it. What it publishes it ends. */
    public void leave() {
        try {
            node.leave();
        } catch (RuntimeException e) {
            log.debug("routes.leave.failed", e);
        }
    }

    @Override
    public void close() {
        turns.shutdownNow();
        leave();
    }
}
