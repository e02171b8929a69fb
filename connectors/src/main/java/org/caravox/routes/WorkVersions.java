package org.caravox.routes;

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
     * @param staged  those of the share; null while nothing is tried
     */
    private record Choice(Snapshot serving, @Nullable Snapshot staged, Share share) {}

    private static final Share NOBODY = new Share(0, null);

    private final Function<Exchange, Optional<String>> tenants;
    private volatile @Nullable Choice choice;

    /** @param tenants whose an exchange is that has just come in */
    WorkVersions(Function<Exchange, Optional<String>> tenants) {
        this.tenants = tenants;
    }

    void serve(Snapshot snapshot) {
        choice = new Choice(snapshot, null, NOBODY);
    }

    void stage(Snapshot snapshot, Share share) {
        choice = new Choice(required().serving, snapshot, share);
    }

    void unstage() {
        choice = new Choice(required().serving, null, NOBODY);
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

    /** The version that an exchange is on: the one that it or its session began on, or else the one for new work. */
    Snapshot of(Exchange exchange) {
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
        return begin(exchange, forNewWork(() -> tenant(exchange)));
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
