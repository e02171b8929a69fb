package org.caravox.routes;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.RouteRuntime.Share;
import org.jspecify.annotations.Nullable;

/** Which version work is on: chosen when it begins, and kept until it ends. */
final class WorkVersions {

    /**
     * What new work gets.
     *
     * @param serving everybody
     * @param staged   those of the share; null while nothing is tried
     * @param previous what has come in by a door that is gone; null when nothing was served before
     */
    private record Choice(Snapshot serving, @Nullable Snapshot staged, Share share, @Nullable Snapshot previous) {}

    private static final Share NOBODY = new Share(0, null);

    private final Function<Exchange, Optional<String>> tenants;
    private volatile @Nullable Choice choice;

    /** @param tenants whose an exchange is that has just come in */
    WorkVersions(Function<Exchange, Optional<String>> tenants) {
        this.tenants = tenants;
    }

    void serve(Snapshot snapshot) {
        Choice before = choice;
        choice = new Choice(snapshot, null, NOBODY, before == null ? null : before.serving);
    }

    void stage(Snapshot snapshot, Share share) {
        choice = new Choice(required().serving, snapshot, share, required().previous);
    }

    void unstage() {
        choice = new Choice(required().serving, null, NOBODY, required().previous);
    }

    Snapshot serving() {
        return required().serving;
    }

    @Nullable
    Snapshot staged() {
        return required().staged;
    }

    private Choice required() {
        Choice known = choice;
        if (known == null) {
            throw new IllegalStateException("no routes are loaded yet");
        }
        return known;
    }

    /**
     * The version that an exchange is on: the one that it or its session began on, or else the one for new work.
     *
     * @param name what it is sent to: new work does not begin on a version that lacks it while another has it
     */
    Snapshot of(Exchange exchange, String name) {
        Object known = exchange.getProperty(RoutePins.PROPERTY);
        if (known instanceof Snapshot held) {
            if (exchange.getExchangeExtension().containsOnCompletion(held)) {
                return held;
            }
            if (held.hold()) {
                exchange.getExchangeExtension().addOnCompletion(held);
                return held;
            }
        }
        if (known instanceof SessionPin pin && pin.snapshot().hold()) {
            return begin(exchange, pin.snapshot());
        }
        return begin(exchange, having(name, forNewWork(() -> tenant(exchange))));
    }

    /** Holds the version for a copy that goes on by itself, while the one that it was copied from still does. */
    void copied(Exchange copy) {
        if (copy.getProperty(RoutePins.PROPERTY) instanceof Snapshot held && held.hold()) {
            copy.getExchangeExtension().addOnCompletion(held);
        }
    }

    private Snapshot having(String name, Snapshot chosen) {
        if (chosen.has(name)) {
            return chosen;
        }
        Choice now = required();
        Snapshot previous = now.previous;
        for (Snapshot other : previous == null ? List.of(now.serving) : List.of(now.serving, previous)) {
            if (other.has(name) && other.hold()) {
                chosen.release();
                return other;
            }
        }
        return chosen;
    }

    private static Snapshot begin(Exchange exchange, Snapshot held) {
        exchange.getExchangeExtension().addOnCompletion(held);
        exchange.setProperty(RoutePins.PROPERTY, held);
        return held;
    }

    @Nullable
    String tenant(Exchange exchange) {
        String known = exchange.getProperty("tenant", String.class);
        return known != null ? known : tenants.apply(exchange).orElse(null);
    }

    /** The tenant, if it matters to this version whose work it is. */
    @Nullable
    String tenantFor(Snapshot snapshot, Exchange exchange) {
        return snapshot.tellsTenantsApart() ? tenant(exchange) : null;
    }

    /** Held once more; whoever asks gives it back. */
    Snapshot forNewWork(java.util.function.Supplier<@Nullable String> tenant) {
        while (true) {
            Choice now = required();
            Snapshot staged = now.staged;
            boolean tried = staged != null && falls(now.share, tenant);
            Snapshot chosen = staged != null && tried ? staged : now.serving;
            if (chosen.hold()) {
                return chosen;
            }
        }
    }

    private static boolean falls(Share share, java.util.function.Supplier<@Nullable String> tenant) {
        String only = share.tenant();
        return (only == null || only.equals(tenant.get()))
                && (share.percent() == 100 || ThreadLocalRandom.current().nextInt(100) < share.percent());
    }

    /** A session's hold on a version. */
    static final class SessionPin implements RoutePins.Pin {

        private final Snapshot snapshot;
        private final java.util.concurrent.atomic.AtomicBoolean held =
                new java.util.concurrent.atomic.AtomicBoolean(true);

        SessionPin(Snapshot snapshot) {
            this.snapshot = snapshot;
        }

        Snapshot snapshot() {
            return snapshot;
        }

        @Override
        public long version() {
            return snapshot.version();
        }

        @Override
        public void close() {
            if (held.compareAndSet(true, false)) {
                snapshot.release();
            }
        }
    }
}
