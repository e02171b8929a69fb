package org.caravox.routes.cases;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteTrial;
import org.caravox.publishing.RoutesRefused;
import org.caravox.routes.RoutePlan;
import org.jspecify.annotations.Nullable;

/** Tries messages as cases are run, and notes each step. */
public final class TrialRunner implements RouteTrial {

    private static final String MESSAGE = "message";

    private static final int AT_ONCE = 2;

    private final Surroundings surroundings;
    private final Semaphore free = new Semaphore(AT_ONCE);

    /** @param surroundings what routes have of the hub */
    public TrialRunner(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Outcome run(RouteFiles files, String route, String given) {
        if (!free.tryAcquire()) {
            throw new RoutesRefused(List.of(Finding.error(
                    MESSAGE, 0, 0, AT_ONCE + " messages are being tried", "try again when one of them has ended")));
        }
        try {
            return tried(files, route, given);
        } finally {
            free.release();
        }
    }

    private Outcome tried(RouteFiles files, String route, String given) {
        RoutePlan plan = RoutePlan.of(files);
        try (Worlds worlds = new Worlds(files, plan, surroundings)) {
            CaseReader reader = new CaseReader(files, plan, MESSAGE);
            reader.checkRoute(route);
            long began = System.nanoTime();
            Worlds.Sent sent = worlds.send(route, reader.given(given), Set.of(), true);
            return new Outcome(
                    sent.run().steps(),
                    Seen.all(worlds.values(), sent.message()),
                    Duration.ofNanos(System.nanoTime() - began),
                    failure(sent, worlds.within()));
        } catch (CaseUnreadable e) {
            throw new RoutesRefused(List.of(Finding.error(MESSAGE, e.line(), 0, String.valueOf(e.getMessage()), "")));
        }
    }

    private static @Nullable String failure(Worlds.Sent sent, Duration within) {
        if (sent.hung()) {
            return "it had not ended after " + within.toMillis() + " ms; it was at the step "
                    + sent.run().at();
        }
        Exception failure = sent.message().getException();
        return sent.run().missing().orElse(failure == null ? null : String.valueOf(failure.getMessage()));
    }
}
