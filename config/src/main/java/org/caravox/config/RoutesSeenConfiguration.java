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
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** What is seen of the routes that run. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoutesSeenConfiguration.TracesSettings.class)
class RoutesSeenConfiguration {

    /** Routes by which one looks: the console asks by them every second or two. */
    private static final Set<String> LOOKING = Set.of(
            "get-route-graph",
            "get-route-counts",
            "list-route-failures",
            "list-route-traces",
            "get-route-trace",
            "list-routes");

    /** How many messages are kept to be looked at, and how much memory they take at most. */
    @ConfigurationProperties("caravox.routes.traces")
    record TracesSettings(int messages, DataSize size) {
        TracesSettings {
            if (messages < 0) {
                throw new IllegalArgumentException(
                        "caravox.routes.traces.messages must be 0 or more, was " + messages);
            }
        }
    }

    /** Camel asks it about every step that it makes. */
    @Bean
    SeenSteps seenSteps(ObjectMapper json, TracesSettings traces) {
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
