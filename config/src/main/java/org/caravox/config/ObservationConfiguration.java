package org.caravox.config;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.caravox.config.LiveConfiguration.LiveProviders;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.Fault;
import org.caravox.jobs.Jobs;
import org.caravox.live.LiveSessions;
import org.caravox.routes.HubRoutes;
import org.caravox.transcription.vosk.VoskTranscriber;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The hub as seen from outside: what is not measured where it happens. */
@Configuration(proxyBeanMethods = false)
class ObservationConfiguration {

    @Bean
    Gauge queueDepth(MeterRegistry registry, Jobs jobs) {
        return Gauge.builder("transcription.queue.depth", jobs, Jobs::depth)
                .description("Jobs that wait for a worker")
                .register(registry);
    }

    @Bean
    Gauge deadLettersOfCallers(MeterRegistry registry, DeadLetters letters) {
        return dead(registry, letters, Fault.CALLER);
    }

    @Bean
    Gauge deadLettersOfTheHub(MeterRegistry registry, DeadLetters letters) {
        return dead(registry, letters, Fault.HUB);
    }

    private static Gauge dead(MeterRegistry registry, DeadLetters letters, Fault fault) {
        return Gauge.builder("jobs.dead", letters, all -> all.count(fault))
                .description("Dead letters, by whose fault they are")
                .tag("fault", fault.word())
                .register(registry);
    }

    @Bean
    Gauge deepgramConnections(MeterRegistry registry, LiveProviders live) {
        return Gauge.builder("deepgram.active.connections", live, LiveProviders::deepgramConnections)
                .description("Live connections to Deepgram")
                .register(registry);
    }

    @Bean
    Gauge liveStreams(MeterRegistry registry, LiveSessions sessions) {
        return Gauge.builder("live.sessions", sessions, LiveSessions::count)
                .description("Live streams")
                .register(registry);
    }

    @Bean
    HealthIndicator speechHealthIndicator(VoskTranscriber vosk) {
        return () -> Health.up()
                .withDetail("provider", vosk.provider())
                .withDetail("model", vosk.models().usual())
                .build();
    }

    @Bean
    HealthIndicator jobsHealthIndicator(Jobs jobs, CamelContext camel, HubRoutes routes, CaravoxSettings settings) {
        String route =
                settings.jobs().queue() == CaravoxSettings.Queue.TABLE ? "take-from-table" : "take-from-rabbitmq";
        return () -> {
            ServiceStatus status = routes.door(route)
                    .map(camel.getRouteController()::getRouteStatus)
                    .orElse(null); // while the hub starts
            boolean working = !settings.roles().worker() || (status != null && status.isStarted());
            return (working ? Health.up() : Health.down())
                    .withDetail("queued", jobs.depth())
                    .build();
        };
    }
}
