package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.component.platform.http.DefaultPlatformHttpConsumer;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.CamelRequestHandlerMapping;
import org.caravox.door.Admission;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.RoutesRefused;
import org.caravox.publishing.SessionPins;
import org.caravox.requests.Refusal;
import org.caravox.routes.HubRoutes;
import org.caravox.routes.RequestDoors;
import org.caravox.routes.seen.SeenSteps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The routes that this hub runs. */
@Configuration(proxyBeanMethods = false)
class RoutesConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(RoutesConfiguration.class);
    private static final long CLEANED_EVERY_SECONDS = 1;

    /** Refusals that are the hub's fault. */
    private static final String CAMELS_MAPPING = "platformHttpEngineRequestMapping";

    private static final Set<Refusal.Reason> OWN = EnumSet.of(Refusal.Reason.TOO_SLOW, Refusal.Reason.LOST);

    /** Camel's own mapping is there whether or not there is another one: it goes before it is made. */
    @Bean
    static BeanDefinitionRegistryPostProcessor camelsMappingGivesWay() {
        return registry -> {
            if (registry.containsBeanDefinition(CAMELS_MAPPING)) {
                registry.removeBeanDefinition(CAMELS_MAPPING);
            }
        };
    }

    @Bean
    @DependsOn("configurePlatformHttpComponent")
    DoorMapping doorMapping(CamelContext camel, PlatformHttpEngine engine) {
        return new DoorMapping(camel.getComponent("platform-http", PlatformHttpComponent.class), engine);
    }

    @Bean
    HubRoutes hubRoutes(
            CamelContext camel,
            Admission admission,
            MeterRegistry metrics,
            ObjectMapper json,
            Clock clock,
            RouteStart start,
            SeenSteps seen,
            ObjectProvider<CamelRequestHandlerMapping> requests) {
        camel.getCamelContextExtension().addInterceptStrategy(seen);
        camel.addRoutePolicyFactory(new RouteMeters(metrics));
        HubRoutes routes = load(camel, admission, new WebDoors(requests), json, clock, start);
        ScheduledExecutorService cleaner =
                camel.getExecutorServiceManager().newSingleThreadScheduledExecutor(routes, "routes-cleaner");
        var unused = cleaner.scheduleWithFixedDelay(
                () -> clean(routes), CLEANED_EVERY_SECONDS, CLEANED_EVERY_SECONDS, TimeUnit.SECONDS);
        return routes;
    }

    /** The web server as Camel tells it of doors; it is there later than they are. */
    private record WebDoors(ObjectProvider<CamelRequestHandlerMapping> mapping) implements RequestDoors {

        @Override
        public void open(DefaultPlatformHttpConsumer door) {
            PlatformHttpEndpoint at = door.getEndpoint();
            mapping.getObject()
                    .registerHttpEndpoint(new HttpEndpointModel(
                            at.getPath(),
                            at.getHttpMethodRestrict(),
                            at.getConsumes(),
                            at.getProduces(),
                            door.getPlatformHttpConsumer()));
        }

        /** Camel leaves what it has once told the web server of where it is. */
        @Override
        public void close(DefaultPlatformHttpConsumer door) {
            CamelRequestHandlerMapping known = mapping.getObject();
            known.getHandlerMethods().forEach((request, method) -> {
                if (method.getBean().equals(door.getPlatformHttpConsumer())) {
                    known.unregisterMapping(request);
                }
            });
        }
    }

    /** Whatever goes wrong, it is called again. */
    private static void clean(HubRoutes routes) {
        try {
            routes.clean();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("what nobody works on any more was not taken away", e);
        }
    }

    @Bean
    SessionPins sessionPins(HubRoutes routes) {
        return new SessionPins(routes);
    }

    private static HubRoutes load(
            CamelContext camel,
            Admission admission,
            RequestDoors requests,
            ObjectMapper json,
            Clock clock,
            RouteStart start) {
        try {
            return HubRoutes.load(
                    camel,
                    admission::tenant,
                    RoutesConfiguration::failed,
                    requests,
                    json,
                    clock,
                    start.version(),
                    start.files());
        } catch (RoutesRefused e) {
            throw start.refused(e);
        }
    }

    /** Whether what was done with an exchange failed by no fault of the caller's. */
    static boolean failed(Exchange exchange) {
        Throwable failure = exchange.getException();
        if (failure == null && handled(exchange)) {
            failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        }
        return failure != null && isOurs(failure);
    }

    /** Whether something that was thrown is not the caller's fault. */
    static boolean isOurs(Throwable failure) {
        return !(failure instanceof Refusal refusal) || OWN.contains(refusal.reason());
    }

    /** Camel has no answer, and fails when it is asked, while no error handler has been at work. */
    private static boolean handled(Exchange exchange) {
        ExchangeExtension extension = exchange.getExchangeExtension();
        return extension.isErrorHandlerHandledSet() && extension.isErrorHandlerHandled();
    }
}
