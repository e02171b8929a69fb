package org.caravox.routes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteRuntime.Counts;
import org.jspecify.annotations.Nullable;

/** A version as it runs: which loaded route has which name, and how much work is on it. */
final class Snapshot implements Synchronization {

    private static final long GONE = Long.MIN_VALUE / 2;

    /**
     * Where work for a name goes.
     *
     * @param routeId of the running context
     * @param counts  of this version
     */
    record Target(String routeId, RouteCounts counts) {}

    private final long version;
    private final RouteFiles files;
    private final RoutePlan plan;
    private final Set<Generation> generations;
    private final Map<String, Target> targets = new HashMap<>();
    private final Map<String, Map<String, Target>> ofTenants = new HashMap<>();
    private final Map<String, RouteCounts> counts = new HashMap<>();
    private final AtomicLong pins = new AtomicLong();
    private volatile @Nullable Instant since;

    Snapshot(long version, RouteFiles files, RoutePlan plan, Map<RoutePlan.Unit, Generation> loaded) {
        this.version = version;
        this.files = files;
        this.plan = plan;
        this.generations = new HashSet<>(loaded.values());
        loaded.forEach((unit, generation) -> {
            RouteCounts own = counts.computeIfAbsent(label(unit), label -> new RouteCounts());
            String tenant = unit.tenant();
            Map<String, Target> named =
                    tenant == null ? targets : ofTenants.computeIfAbsent(tenant, name -> new HashMap<>());
            named.put(generation.entry(), new Target(generation.stepsId(), own));
        });
    }

    private static String label(RoutePlan.Unit unit) {
        return unit.tenant() == null ? unit.id() : unit.tenant() + "/" + unit.id();
    }

    long version() {
        return version;
    }

    RouteFiles files() {
        return files;
    }

    RoutePlan plan() {
        return plan;
    }

    Set<Generation> generations() {
        return generations;
    }

    /** Whether some tenants have routes of their own. */
    boolean tellsTenantsApart() {
        return !ofTenants.isEmpty();
    }

    @Nullable
    Target target(String name, @Nullable String tenant) {
        if (tenant != null && !ofTenants.isEmpty()) {
            Target own = ofTenants.getOrDefault(tenant, Map.of()).get(name);
            if (own != null) {
                return own;
            }
        }
        return targets.get(name);
    }

    /** Whether others can send to that name, whoever's work it is. */
    boolean has(String name) {
        return targets.containsKey(name);
    }

    /** From then on it gets work, and is counted. */
    void serves(Instant now) {
        if (since == null) {
            since = now;
        }
    }

    List<Counts> counts() {
        Instant began = since;
        List<Counts> read = new ArrayList<>();
        if (began != null) {
            counts.forEach((route, own) -> {
                if (own.used()) {
                    read.add(own.read(version, route, began));
                }
            });
        }
        return read;
    }

    /** One more that works on this version; false when it has left. */
    boolean hold() {
        if (pins.incrementAndGet() > 0) {
            return true;
        }
        pins.decrementAndGet();
        return false;
    }

    /** One less. */
    void release() {
        pins.decrementAndGet();
    }

    /** Leaves, if nobody works on it. */
    boolean leave() {
        return pins.compareAndSet(0, GONE);
    }

    @Override
    public void onComplete(Exchange exchange) {
        release();
    }

    @Override
    public void onFailure(Exchange exchange) {
        release();
    }

    @Override
    public String toString() {
        return "version " + version + " of the routes";
    }
}
