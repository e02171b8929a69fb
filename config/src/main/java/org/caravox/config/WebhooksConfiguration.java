package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.deliveries.Endpoints;
import org.caravox.deliveries.FilterCheck;
import org.caravox.deliveries.Samples;
import org.caravox.door.DeliveryPages;
import org.caravox.door.EndpointFields;
import org.caravox.door.WebhookPages;
import org.caravox.door.WebhookTestPage;
import org.caravox.events.Catalogue;
import org.caravox.outbound.AddressGuard;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What customers see of events, webhook endpoints and deliveries. */
@Configuration(proxyBeanMethods = false)
class WebhooksConfiguration {

    @Bean
    Catalogue eventCatalogue(ObjectMapper json, Clock clock) {
        return new Catalogue(json, clock);
    }

    @Bean
    Endpoints endpoints(Jdbi database, ObjectMapper json, Catalogue catalogue, CaravoxSettings settings) {
        CaravoxSettings.Webhooks webhooks = settings.webhooks();
        return new Endpoints(
                database, json, new FilterCheck(catalogue), webhooks.endpoints(), webhooks.secretOverlap());
    }

    @Bean
    DeliveryLog deliveryLog(Jdbi database) {
        return new DeliveryLog(database);
    }

    @Bean
    EndpointFields endpointFields(
            AddressGuard guard, Catalogue catalogue, CaravoxSettings settings, ObjectMapper json) {
        return new EndpointFields(guard, catalogue, settings.deliveries().httpsOnly(), json);
    }

    @Bean
    WebhookPages webhookPages(Endpoints endpoints, EndpointFields fields, Catalogue catalogue, ObjectMapper json) {
        return new WebhookPages(endpoints, fields, catalogue, json);
    }

    @Bean
    WebhookTestPage webhookTestPage(Endpoints endpoints, Catalogue catalogue, ObjectMapper json, Clock clock) {
        return new WebhookTestPage(endpoints, new Samples(endpoints, catalogue, clock), json, clock);
    }

    @Bean
    DeliveryPages deliveryPages(DeliveryLog deliveries, Catalogue catalogue, ObjectMapper json) {
        return new DeliveryPages(deliveries, catalogue, json);
    }
}
