package org.caravox.routes.seen;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.publishing.RoutesSeen.Count;
import org.caravox.publishing.RoutesSeen.Failure;
import org.caravox.publishing.RoutesSeen.Trace;
import org.jspecify.annotations.Nullable;

/** Looks at every step of every route that is loaded after this was added to the context: counts it, and notes the way. */
public final class SeenSteps implements InterceptStrategy {

    /** The exchange property that holds the way of a message. */
    static final String TRAIL = "trail";

    private static final int VERSIONS_KEPT = 3;

    private final ObjectMapper json;
    private final Predicate<Throwable> failure;
    private final Set<String> unseen;
    private final Trails trails;
    private final LastFailures failures = new LastFailures();
    private final Map<String, Map<String, TreeMap<Long, StepCount>>> counts = new ConcurrentHashMap<>();

    /**
     * Sees nothing yet.
     *
     * @param failure   whether something that was thrown is not the caller's fault
     * @param unseen    routes whose messages leave no trace: those by which one looks
     * @param most      how many messages are kept at most
     * @param mostBytes how much memory they take at most, about
     */
    public SeenSteps(ObjectMapper json, Predicate<Throwable> failure, Set<String> unseen, int most, long mostBytes) {
        this.json = json;
        this.failure = failure;
        this.unseen = Set.copyOf(unseen);
        this.trails = new Trails(most, mostBytes);
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode step, Processor target, @Nullable Processor next) {
        Place place = Places.of(camel, step);
        return place == null ? target : new SeenStep(target, place, count(place), this);
    }

    /** Of old versions of a step the figures are dropped; what they still have in flight counts for nothing. */
    private StepCount count(Place place) {
        Map<String, TreeMap<Long, StepCount>> steps = counts.computeIfAbsent(place.route(), route -> new HashMap<>());
        synchronized (steps) {
            TreeMap<Long, StepCount> versions = steps.computeIfAbsent(place.step(), step -> new TreeMap<>());
            StepCount count = versions.computeIfAbsent(place.version(), version -> new StepCount());
            if (versions.size() > VERSIONS_KEPT) {
                versions.pollFirstEntry();
            }
            return count;
        }
    }

    /** The way of an exchange; null when nobody is to see it. */
    @Nullable
    Trail trail(Exchange exchange, Place place) {
        Object known = exchange.getProperty(TRAIL);
        if (known instanceof Trail trail) {
            return trail;
        }
        if (unseen.contains(place.route())) {
            return null;
        }
        Trail trail = new Trail(place.route(), Texts.of(exchange.getMessage()));
        exchange.setProperty(TRAIL, trail);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (trail.end(done)) {
                    trails.add(trail);
                }
            }
        });
        return trail;
    }

    boolean isFailure(Throwable thrown) {
        return failure.test(thrown);
    }

    void failed(Exchange exchange, Place place, @Nullable Trail trail, Throwable thrown) {
        if (trail == null || trail.isNews(thrown, place.route())) {
            failures.add(Trail.Name.of(exchange), place, thrown, Texts.of(exchange.getMessage(), json));
        }
    }

    List<Count> counts(Set<String> routes) {
        counts.keySet().retainAll(routes);
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(route -> counts(route.getKey(), route.getValue()).stream())
                .toList();
    }

    private static List<Count> counts(String route, Map<String, ? extends Map<Long, StepCount>> steps) {
        synchronized (steps) {
            return steps.entrySet().stream()
                    .flatMap(step -> step.getValue().entrySet().stream()
                            .filter(version -> version.getValue().used())
                            .map(version -> version.getValue().told(route, step.getKey(), version.getKey())))
                    .toList();
        }
    }

    List<Failure> failures(String route) {
        return failures.of(route);
    }

    List<Trace> last(Predicate<Trail> wanted, int limit) {
        return trails.last(wanted, limit);
    }
}
