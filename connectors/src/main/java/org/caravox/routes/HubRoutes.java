package org.caravox.routes;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteIds;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RoutesRefused;
import org.caravox.routes.RoutePlan.Unit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of this hub. A route whose work comes from outside is loaded as two: its door, and its steps. Of the steps,
 * several versions run side by side, and a door hands each new piece of work to those of the version in force; so that a
 * changed route takes over without a door being closed. A door itself is exchanged only when its {@code from} has changed:
 * one of HTTP is opened before the old one is closed, so that no request meets none.
 */
public final class HubRoutes implements RouteRuntime, RoutePins {

    private static final Logger LOG = LoggerFactory.getLogger(HubRoutes.class);

    /** The web server may take so long to bring a request to the door that it has found. */
    private static final Duration HANDED_OVER_WITHIN = Duration.ofSeconds(1);

    /**
     * A door.
     *
     * @param id     of its route in the running context
     * @param unit   what it was made from
     * @param entry  the steps that it hands work to
     * @param beside in which way its address is written, since there may be others of it
     */
    private record Door(String id, Unit unit, String entry, int beside) {

        /** Whether another unit would have the same door. */
        boolean fits(Door other, RouteLoader loader) {
            return unit.id().equals(other.unit().id())
                    && loader.door(unit, entry).equals(loader.door(other.unit(), other.entry()));
        }

        boolean takesRequests() {
            return unit.tree().at("/from/uri").asText().startsWith("platform-http:");
        }

        boolean sameAddress(Door other) {
            return Stream.of("/from/uri", "/from/parameters")
                    .allMatch(part ->
                            unit.tree().at(part).equals(other.unit().tree().at(part)));
        }

        Door named(String id, int beside) {
            return new Door(id, unit, entry, beside);
        }
    }

    /** A door that lets nothing in any more. */
    private record Closing(Door door, Instant since) {}

    private final WorkVersions versions;
    private final RouteLoader loader;
    private final Clock clock;
    private final Set<String> managed = ConcurrentHashMap.newKeySet();
    private final Map<Long, Snapshot> running = new ConcurrentSkipListMap<>();
    private final Map<String, Door> doors = new LinkedHashMap<>();
    private final List<Closing> closing = new ArrayList<>();
    private final Set<Long> leaving = new HashSet<>();
    private final Set<Generation> loaded = new HashSet<>();

    private HubRoutes(
            CamelContext camel,
            WorkVersions versions,
            Predicate<Exchange> failure,
            RequestDoors requests,
            ObjectMapper json,
            Clock clock) {
        this.versions = versions;
        this.loader = new RouteLoader(camel, json, requests);
        this.clock = clock;
        camel.getRegistry().bind(RouteTexts.SAME_VERSION, (Processor) versions::copied);
        camel.addComponent("direct", new VersionedDirect(versions, managed::contains, failure));
    }

    /**
     * Loads routes into a context that has not started; they start with it.
     *
     * @param tenants whose an exchange is that has just come in, where it does not tell so itself yet
     * @param failure whether what was done with an exchange failed by no fault of the caller's
     * @param requests what hands requests of HTTP to doors
     * @param version the number of what is loaded
     * @throws RoutesRefused when it cannot be loaded
     */
    public static HubRoutes load(
            CamelContext camel,
            Function<Exchange, Optional<String>> tenants,
            Predicate<Exchange> failure,
            RequestDoors requests,
            ObjectMapper json,
            Clock clock,
            long version,
            RouteFiles files) {
        HubRoutes routes = new HubRoutes(camel, new WorkVersions(tenants), failure, requests, json, clock);
        routes.prepare(version, files, "");
        routes.serve(version);
        return routes;
    }

    @Override
    public long serving() {
        return versions.serving().version();
    }

    /** The files of the version that new work gets. */
    public RouteFiles files() {
        return versions.serving().files();
    }

    /** The files of a version that still runs. */
    public Optional<RouteFiles> files(long version) {
        return Optional.ofNullable(running.get(version)).map(Snapshot::files);
    }

    /** The id of the route in the running context by which work for a route comes in; empty when it has no open door. */
    public synchronized Optional<String> door(String route) {
        return Optional.ofNullable(doors.get(route)).map(Door::id);
    }

    /** Whether others can send to {@code direct:NAME} on the version that new work gets. */
    public boolean knows(String name) {
        return versions.serving().target(name, null) != null;
    }

    @Override
    public Pin pin(@Nullable String tenant) {
        return new WorkVersions.SessionPin(versions.forNewWork(() -> tenant));
    }

    @Override
    public synchronized void prepare(long version, RouteFiles files) {
        prepare(version, files, RouteIds.MARK + Long.toString(version));
    }

    private synchronized void prepare(long version, RouteFiles files, String mark) {
        leaving.remove(version);
        if (running.containsKey(version)) {
            return;
        }
        RoutePlan plan = RoutePlan.of(files);
        Map<String, Generation> known = new HashMap<>();
        running.values().forEach(snapshot -> snapshot.generations().forEach(each -> known.put(like(each), each)));
        Map<Unit, Generation> generations = new HashMap<>();
        List<Generation> fresh = new ArrayList<>();
        try {
            for (Unit unit : plan.routes()) {
                Generation generation = known.get(like(unit));
                if (generation == null) {
                    managed.add(RouteLoader.stepsId(unit, mark));
                    generation = loader.load(plan, unit, mark);
                    fresh.add(generation);
                }
                generations.put(unit, generation);
            }
        } catch (RuntimeException e) {
            fresh.forEach(this::remove);
            throw e;
        }
        loaded.addAll(fresh);
        running.put(version, new Snapshot(version, files, plan, generations));
    }

    private static String like(Generation generation) {
        return RouteIds.base(generation.stepsId()) + '\0' + generation.key();
    }

    private static String like(Unit unit) {
        return unit.id() + '\0' + unit.key();
    }

    @Override
    public synchronized void serve(long version) {
        Snapshot next = required(version);
        Snapshot before = running.size() == 1 ? null : versions.serving();
        Map<String, Door> wanted = doors(next);
        next.serves(clock.instant());
        versions.serve(next); // new work of doors that stay, before any door is touched
        try {
            exchange(wanted, version, before == null);
        } catch (RoutesRefused e) {
            if (before != null) {
                versions.serve(before);
            }
            throw e;
        }
        leaving.addAll(running.keySet());
        leaving.remove(version);
        clean();
    }

    private Snapshot required(long version) {
        Snapshot snapshot = running.get(version);
        if (snapshot == null) {
            throw new IllegalStateException("version " + version + " of the routes is not loaded here");
        }
        return snapshot;
    }

    private Map<String, Door> doors(Snapshot snapshot) {
        Map<String, Door> wanted = new LinkedHashMap<>();
        for (Unit unit : snapshot.plan().routes()) {
            if (unit.direct().isEmpty() && unit.tenant() == null) {
                wanted.put(unit.id(), new Door(unit.id() + RouteIds.DOOR, unit, unit.id() + ".steps", 0));
            }
        }
        return wanted;
    }

    /** Closes the doors that are gone or changed, and opens those that are new or changed; all of it, or nothing. */
    private void exchange(Map<String, Door> wanted, long version, boolean first) {
        List<Door> shut = doors.values().stream()
                .filter(door -> !kept(door, wanted.get(door.unit().id())))
                .toList();
        Map<String, Door> opened = new LinkedHashMap<>();
        try {
            // two of them at one place would get work twice; requests go to one door
            shut.stream().filter(door -> !door.takesRequests()).forEach(door -> loader.close(door.id()));
            for (Door door : wanted.values()) {
                Door old = doors.get(door.unit().id());
                if (old == null || !kept(old, door)) {
                    opened.put(door.unit().id(), first ? opened(door) : replacing(door, version, opened.values()));
                }
            }
        } catch (RoutesRefused e) {
            opened.values().forEach(this::close);
            shut.forEach(door -> loader.reopen(door.id()));
            throw e;
        }
        shut.forEach(door -> doors.remove(door.unit().id()));
        doors.putAll(opened);
        shut.forEach(this::close);
        closing.removeIf(each -> doors.containsValue(each.door()));
    }

    private boolean kept(Door door, @Nullable Door wanted) {
        return wanted != null && door.fits(wanted, loader);
    }

    private void close(Door door) {
        loader.close(door.id());
        closing.removeIf(each -> each.door().equals(door));
        closing.add(new Closing(door, clock.instant()));
    }

    private Door opened(Door door) {
        loader.open(door.unit(), door.id(), door.entry(), door.beside());
        return door;
    }

    /** One that was closed just now is there still, and another one of its address would be refused. */
    private Door replacing(Door door, long version, Collection<Door> opened) {
        Optional<Door> again = closing.stream()
                .map(Closing::door)
                .filter(each -> each.fits(door, loader))
                .findFirst();
        if (again.isPresent()) {
            loader.reopen(again.get().id());
            return again.get();
        }
        Set<Integer> taken = Stream.of(doors.values().stream(), closing.stream().map(Closing::door), opened.stream())
                .flatMap(each -> each)
                .filter(each -> each.sameAddress(door))
                .map(Door::beside)
                .collect(Collectors.toSet());
        int beside = IntStream.iterate(0, each -> each + 1)
                .filter(each -> !taken.contains(each))
                .findFirst()
                .orElseThrow();
        return opened(door.named(door.id() + RouteIds.MARK + version, beside));
    }

    @Override
    public synchronized void stage(long version, Share share) {
        Snapshot next = required(version);
        next.serves(clock.instant());
        versions.stage(next, share);
    }

    @Override
    public synchronized void discard(long version) {
        Snapshot staged = versions.staged();
        if (staged != null && staged.version() == version) {
            versions.unstage();
        }
        if (version != serving()) {
            leaving.add(version);
        }
        clean();
    }

    @Override
    public List<Counts> counts() {
        return running.values().stream()
                .flatMap(snapshot -> snapshot.counts().stream())
                .toList();
    }

    /**
     * Takes away what nobody works on any more; to be called now and then. A version that is prepared stays until it is
     * served or discarded.
     */
    public synchronized void clean() {
        Instant late = clock.instant().minus(HANDED_OVER_WITHIN);
        closing.removeIf(each -> {
            String id = each.door().id();
            if (each.since().isAfter(late) || loader.inFlight(id) > 0) {
                return false;
            }
            loader.take(id);
            return true;
        });
        if (closing.isEmpty()) { // whoever is in a door that was closed goes on to its steps
            running.values().removeIf(each -> leaving.contains(each.version()) && each.leave());
        }
        leaving.retainAll(running.keySet());
        removeUnused();
    }

    private void removeUnused() {
        Set<Generation> used = new HashSet<>();
        running.values().forEach(snapshot -> used.addAll(snapshot.generations()));
        List<Generation> unused = loaded.stream()
                .filter(each -> !used.contains(each) && loader.inFlight(each.stepsId()) == 0)
                .toList();
        unused.forEach(this::remove);
        unused.forEach(loaded::remove);
        used.addAll(loaded);
        Set<String> configurations = new HashSet<>();
        used.stream().map(Generation::configuration).filter(Objects::nonNull).forEach(configurations::add);
        loader.keepConfigurations(configurations);
    }

    private void remove(Generation generation) {
        loader.remove(generation);
        managed.remove(generation.stepsId());
        LOG.debug("{} is gone", generation.stepsId());
    }
}
