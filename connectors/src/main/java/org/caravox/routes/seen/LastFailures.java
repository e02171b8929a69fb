package org.caravox.routes.seen;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.caravox.publishing.RoutesSeen.Failure;

/** The last messages that failed, a few of each route. */
final class LastFailures {

    private static final int MOST = 20;

    private record Kept(Instant at, Trail.Name name, Place place, String error, Texts message) {

        Failure told() {
            return new Failure(
                    at,
                    name.id(),
                    name.what(),
                    name.tenant(),
                    place.route(),
                    place.step(),
                    place.version(),
                    error,
                    message.masked());
        }
    }

    private final Map<String, Deque<Kept>> byRoute = new ConcurrentHashMap<>();

    void add(Trail.Name name, Place place, Throwable failure, Texts message) {
        Kept kept = new Kept(Instant.now(), name, place, Trail.sentence(failure), message);
        Deque<Kept> last = byRoute.computeIfAbsent(place.route(), route -> new ArrayDeque<>());
        synchronized (last) {
            last.addFirst(kept);
            if (last.size() > MOST) {
                last.removeLast();
            }
        }
    }

    List<Failure> of(String route) {
        Deque<Kept> last = byRoute.get(route);
        if (last == null) {
            return List.of();
        }
        List<Kept> found;
        synchronized (last) {
            found = new ArrayList<>(last);
        }
        return found.stream().map(Kept::told).toList();
    }
}
