package org.caravox.routes.seen;

import java.util.Comparator;
import java.util.List;
import org.apache.camel.model.ModelCamelContext;
import org.caravox.publishing.RoutesSeen;
import org.jspecify.annotations.Nullable;

/** What is seen of the routes that a Camel context runs. */
public final class HubRoutesSeen implements RoutesSeen {

    private static final int ATTEMPTS = 50;

    private final ModelCamelContext camel;
    private final SeenSteps steps;

    public HubRoutesSeen(ModelCamelContext camel, SeenSteps steps) {
        this.camel = camel;
        this.steps = steps;
    }

    @Override
    public Drawing drawing() {
        return Drawings.of(camel);
    }

    @Override
    public List<Count> counts() {
        return steps.counts(Drawings.names(camel));
    }

    @Override
    public List<Failure> failures(String route) {
        return steps.failures(route);
    }

    @Override
    public List<Trace> traces(String id) {
        return steps.last(trail -> trail.id().equals(id), ATTEMPTS).stream()
                .sorted(Comparator.comparing(Trace::at))
                .toList();
    }

    @Override
    public List<Trace> last(@Nullable String route, int limit) {
        return steps.last(trail -> route == null || trail.cameBy(route), limit);
    }
}
