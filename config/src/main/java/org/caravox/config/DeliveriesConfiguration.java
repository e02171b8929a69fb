package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.caravox.deliveries.DeliveryEngine;
import org.caravox.deliveries.DeliveryMetrics;
import org.caravox.deliveries.DeliverySettings;
import org.caravox.deliveries.Lanes;
import org.caravox.events.Events;
import org.caravox.jobs.CallbackForm;
import org.caravox.jobs.JobMessages;
import org.caravox.jobs.JobSettings;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.Trust;
import org.caravox.webhook.WebhookSender;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What happened, and how those who want to know are told. */
@Configuration(proxyBeanMethods = false)
class DeliveriesConfiguration {

    @Bean
    Events events(ObjectMapper json, CaravoxSettings settings) {
        String topic = settings.events().topic();
        return new Events(json, topic.isBlank() ? null : topic);
    }

    @Bean
    DailyUsage dailyUsage(Jdbi database, Events events, Clock clock) {
        return new DailyUsage(database, events, clock);
    }

    @Bean
    DeliverySettings deliverySettings(CaravoxSettings settings, JobSettings jobs) {
        CaravoxSettings.Deliveries deliveries = settings.deliveries();
        return new DeliverySettings(
                jobs.node(),
                deliveries.retries(),
                deliveries.jitter(),
                deliveries.timeout(),
                deliveries.lease(),
                deliveries.laneInFlight(),
                deliveries.inFlight(),
                deliveries.disableAfter(),
                deliveries.keep(),
                deliveries.httpsOnly());
    }

    @Bean
    Lanes lanes(Jdbi database, ObjectMapper json, DeliverySettings settings, List<CallbackForm> forms, Events events) {
        return new Lanes(database, json, settings, new JobMessages(json, forms), events);
    }

    @Bean
    DeliveryEngine deliveryEngine(Lanes lanes, DeliverySettings settings, MeterRegistry registry, Clock clock) {
        return new DeliveryEngine(lanes, settings, new DeliveryMetrics(registry), clock);
    }

    @Bean(destroyMethod = "close")
    WebhookSender webhookSender(
            AddressGuard guard, Trust trust, DeliverySettings settings, ObjectMapper json, Clock clock) {
        return new WebhookSender(guard, trust, settings, json, clock);
    }
}
