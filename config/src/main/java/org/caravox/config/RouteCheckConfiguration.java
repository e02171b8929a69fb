package org.caravox.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.caravox.door.DoorHeaders;
import org.caravox.publishing.RouteCheck;
import org.caravox.queue.DeliveriesComponent;
import org.caravox.queue.JobsTableComponent;
import org.caravox.queue.OutboxComponent;
import org.caravox.routes.Scratch;
import org.caravox.routes.check.HubRouteCheck;
import org.caravox.routes.check.RouteLint;
import org.caravox.sip.SipComponent;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/** Routes are looked at before they run. */
@Configuration(proxyBeanMethods = false)
class RouteCheckConfiguration {

    private static final String OWN = "org.caravox.";

    /** Whom the hub sends to by itself. */
    private static final Map<String, String> CALLERS = Map.of(
            "stream-opened", "each live stream",
            "utterance-final", "each live stream",
            "stream-ended", "each live stream",
            "agent-turn", "each turn of an agent");

    @Bean
    Scratch scratch(CamelContext camel) {
        return new Scratch(
                camel,
                Map.of(
                        "sip", () -> new SipComponent(1),
                        "jobs-table", JobsTableComponent::new,
                        "deliveries", DeliveriesComponent::new,
                        "outbox", OutboxComponent::new));
    }

    @Bean
    RouteCheck routeCheck(
            Scratch scratch, CaravoxSettings own, ListableBeanFactory beans, ConfigurableEnvironment settings) {
        RouteLint lint = new RouteLint(DoorHeaders.names(), callers(own));
        return new HubRouteCheck(lint, scratch, () -> beans(beans), () -> settings(settings));
    }

    /** What needs no hub. */
    static RouteLint lint() {
        return new RouteLint(DoorHeaders.names(), CALLERS);
    }

    /** The hub itself, and the settings that name routes. */
    private static Map<String, String> callers(CaravoxSettings own) {
        Map<String, String> callers = new HashMap<>(CALLERS);
        own.calls().numbers().forEach((number, entry) -> callers.put(entry.taker(), "caravox.calls.numbers." + number));
        own.calls().outbound().forEach(route -> callers.put(route, "caravox.calls.outbound"));
        own.crms().forEach(crm -> callers.put(crm.route(), "caravox.tenants." + crm.tenant() + ".crm." + crm.name()));
        return callers;
    }

    private static List<String> beans(ListableBeanFactory beans) {
        return Arrays.stream(beans.getBeanDefinitionNames())
                .filter(name -> {
                    Class<?> type = beans.getType(name);
                    return type != null && type.getName().startsWith(OWN);
                })
                .filter(name -> name.indexOf('.') < 0)
                .toList();
    }

    private static Set<String> settings(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .map(EnumerablePropertySource.class::cast)
                .flatMap(source -> Arrays.stream(source.getPropertyNames()))
                .filter(name -> name.startsWith("caravox."))
                .collect(Collectors.toSet());
    }
}
