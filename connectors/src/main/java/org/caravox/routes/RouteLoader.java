package org.caravox.routes;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.component.platform.http.DefaultPlatformHttpConsumer;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteIds;
import org.caravox.publishing.RoutesRefused;
import org.caravox.routes.RoutePlan.Unit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts routes into the running context and takes them out of it, so that nothing of them stays. */
final class RouteLoader {

    private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

    private final CamelContext camel;
    private final RouteTexts texts;
    private final RequestDoors requests;

    RouteLoader(CamelContext camel, ObjectMapper json, RequestDoors requests) {
        this.camel = camel;
        this.requests = requests;
        this.texts = new RouteTexts(json);
    }

    /**
     * Loads the steps of a route, the Kamelets that only it uses, and its configuration unless that is there.
     *
     * @param mark what sets its ids apart; empty at the first load
     * @throws RoutesRefused when it cannot be loaded; nothing of it stays
     */
    Generation load(RoutePlan plan, Unit unit, String mark) {
        String own = own(unit, mark);
        String entry = unit.direct().orElse(unit.id() + ".steps");
        Map<String, String> kamelets = plan.allKamelets(unit).stream()
                .collect(Collectors.toMap(name -> name, name -> kameletName(name, stepsId(unit, mark))));
        String configuration = unit.configuration() == null
                ? null
                : plan.configuration(unit.configuration())
                        .map(used -> used.id()
                                + (mark.isEmpty()
                                        ? ""
                                        : RouteIds.MARK + used.key().substring(0, 12)))
                        .orElseThrow();
        Generation generation = new Generation(
                unit.key(),
                entry,
                stepsId(unit, mark),
                unit.direct().isPresent() ? null : unit,
                Set.copyOf(kamelets.values()),
                configuration);
        try {
            for (Map.Entry<String, String> used : kamelets.entrySet()) {
                Unit kamelet = plan.kamelet(used.getKey()).orElseThrow();
                read(
                        used.getValue(),
                        "kamelet",
                        texts.kamelet(kamelet, used.getValue(), RouteIds.MARK + unit.id() + own, kamelets));
            }
            if (configuration != null && !configured(configuration)) {
                Unit used =
                        plan.configuration(String.valueOf(unit.configuration())).orElseThrow();
                String id = configuration;
                read(
                        id,
                        "camel",
                        texts.configuration(used, id, id.substring(used.id().length())));
            }
            read(
                    generation.stepsId(),
                    "camel",
                    texts.steps(unit, generation.stepsId(), entry, own, kamelets, configuration));
            return generation;
        } catch (Exception | LinkageError | StackOverflowError e) {
            remove(generation);
            throw refused(unit, e);
        }
    }

    /** Addresses would be changed on the way if they had the mark of ids. */
    private static String kameletName(String name, String route) {
        return name + "__" + route.replace(RouteIds.MARK, '_');
    }

    /** The id of a route's steps in the running context. */
    static String stepsId(Unit unit, String mark) {
        return unit.id() + own(unit, mark);
    }

    private static String own(Unit unit, String mark) {
        return unit.tenant() == null ? mark : RouteIds.MARK + unit.tenant() + mark;
    }

    /** What a door is made from. */
    String door(Unit unit, String entry) {
        return texts.door(unit, "", entry, 0);
    }

    /**
     * Opens a door.
     *
     * @param beside in how many ways the address of others is written that are there
     * @throws RoutesRefused when it cannot be opened
     */
    void open(Unit unit, String id, String entry, int beside) {
        try {
            read(id, "camel", texts.door(unit, id, entry, beside));
        } catch (Exception | LinkageError | StackOverflowError e) {
            close(id);
            take(id);
            throw refused(unit, e);
        }
    }

    private static RoutesRefused refused(Unit unit, Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String said = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        RoutesRefused refused = new RoutesRefused(
                List.of(Finding.error(unit.path(), 0, 0, "the route " + unit.id() + " cannot be loaded: " + said, "")));
        refused.initCause(failure);
        return refused;
    }

    private void read(String id, String kind, String text) throws Exception {
        String name =
                id.replace('.', '-') + "." + kind + ".yaml"; // the loader is chosen by what is behind the first dot
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(name, text));
    }

    private Model model() {
        return camel.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private boolean configured(String id) {
        return model().getRouteConfigurationDefinition(id) != null;
    }

    /** Takes a route, what it uses alone, and what was made for it out of the context. Work on it has ended. */
    void remove(Generation generation) {
        take(generation.stepsId());
        for (String kamelet : generation.kamelets()) {
            for (Endpoint endpoint : new ArrayList<>(camel.getEndpoints())) {
                if (endpoint instanceof KameletEndpoint used
                        && used.getTemplateId().equals(kamelet)) {
                    take(used.getRouteId());
                    quietly(() -> camel.removeEndpoint(used), kamelet);
                }
            }
            quietly(() -> model().removeRouteTemplateDefinitions(kamelet), kamelet);
        }
    }

    /** Takes route configurations out that nobody names any more. */
    void keepConfigurations(Set<String> named) {
        for (RouteConfigurationDefinition each : List.copyOf(model().getRouteConfigurationDefinitions())) {
            if (!named.contains(each.getId())) {
                quietly(() -> model().removeRouteConfiguration(each), each.getId());
            }
        }
    }

    /** Takes one route out of the context. */
    void take(String id) {
        quietly(
                () -> {
                    if (camel.getRoute(id) != null) {
                        camel.getRouteController().stopRoute(id);
                        camel.removeRoute(id);
                    }
                    RouteDefinition definition = model().getRouteDefinition(id);
                    if (definition != null) {
                        model().removeRouteDefinition(definition);
                    }
                },
                id);
    }

    /** Lets nothing more in by a door; what has come in goes on. */
    void close(String id) {
        Route route = camel.getRoute(id);
        if (route != null) {
            quietly(() -> close(route.getConsumer()), id);
        }
    }

    /** What takes requests goes on with those that the web server has just handed to it. */
    private void close(Consumer consumer) {
        if (consumer instanceof DefaultPlatformHttpConsumer http) {
            requests.close(http);
        } else {
            consumer.stop();
        }
    }

    /** Lets in again what {@link #close} kept out, or another door has taken over. */
    void reopen(String id) {
        Route route = camel.getRoute(id);
        if (route != null) {
            quietly(() -> reopen(route.getConsumer()), id);
        }
    }

    private void reopen(Consumer consumer) {
        if (consumer instanceof DefaultPlatformHttpConsumer http) {
            requests.open(http);
        } else {
            consumer.start();
        }
    }

    /** How many exchanges have come in by a door and are not done. */
    int inFlight(String id) {
        return camel.getInflightRepository().size(id);
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private static void quietly(Step step, @Nullable String what) {
        try {
            step.run();
        } catch (Exception e) {
            LOG.warn("{} was not taken away whole", what, e);
        }
    }
}
