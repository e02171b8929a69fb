package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.Set;
import org.apache.camel.model.ModelCamelContext;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.door.RouteSeenPages;
import org.caravox.jobs.DeadLetters;
import org.caravox.publishing.RoutesSeen;
import org.caravox.routes.seen.HubRoutesSeen;
import org.caravox.routes.seen.SeenSteps;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is seen of the routes that run. */
@Configuration(proxyBeanMethods = false)
class RoutesSeenConfiguration {

    /** Routes by which one looks: the console asks by them every second or two. */
    private static final Set<String> LOOKING = Set.of(
            "get-route-graph",
            "get-route-counts",
            "list-route-failures",
            "list-route-traces",
            "get-route-trace",
            "list-routes");

    /** Camel asks it about every step that it makes. */
    @Bean
    SeenSteps seenSteps(ObjectMapper json, CaravoxSettings settings) {
        RoutesSettings.Traces traces = settings.routes().traces();
        return new SeenSteps(
                json,
                RoutesConfiguration::isOurs,
                LOOKING,
                traces.messages(),
                traces.size().toBytes());
    }

    @Bean
    RoutesSeen routesSeen(ModelCamelContext camel, SeenSteps steps) {
        return new HubRoutesSeen(camel, steps);
    }

    @Bean
    RouteSeenPages routeSeenPages(
            RoutesSeen seen, DeadLetters letters, DeliveryLog deliveries, ObjectMapper json, Clock clock) {
        return new RouteSeenPages(seen, letters, deliveries, json, clock);
    }
}
