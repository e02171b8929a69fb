package org.caravox.routes.seen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.NamedNode;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.URISupport;
import org.caravox.publishing.RouteIds;
import org.caravox.publishing.RoutesSeen.Drawing;
import org.caravox.publishing.RoutesSeen.Drawn;
import org.caravox.publishing.RoutesSeen.Kind;
import org.caravox.publishing.RoutesSeen.Link;
import org.caravox.publishing.RoutesSeen.Step;
import org.jspecify.annotations.Nullable;

/** Draws what a Camel context runs, by its own model. Of a route that runs in several versions, the last one loaded. */
final class Drawings {

    private static final String DIRECT = "direct:";
    private static final String KAMELET = "kamelet:";

    private final ModelCamelContext camel;
    private final Map<String, Drawn> drawn = new TreeMap<>();
    private final Map<String, String> entries = new TreeMap<>();
    private final Map<String, String> doors = new TreeMap<>();

    private Drawings(ModelCamelContext camel) {
        this.camel = camel;
    }

    static Drawing of(ModelCamelContext camel) {
        return new Drawings(camel).draw();
    }

    /** The ids of what runs. */
    static Set<String> names(ModelCamelContext camel) {
        Set<String> names = new TreeSet<>();
        camel.getRouteDefinitions().forEach(route -> names.add(RouteIds.base(Places.name(route))));
        camel.getRouteConfigurationDefinitions()
                .forEach(configuration -> names.add(RouteIds.base(String.valueOf(configuration.getId()))));
        return names;
    }

    private Drawing draw() {
        List<RouteDefinition> routes = List.copyOf(camel.getRouteDefinitions());
        routes.forEach(this::door);
        routes.forEach(this::route);
        camel.getRouteConfigurationDefinitions().forEach(this::errors);
        Set<Link> links = new LinkedHashSet<>();
        drawn.values().forEach(each -> links(each.id(), each.steps(), links));
        return new Drawing(List.copyOf(drawn.values()), List.copyOf(links));
    }

    private void door(RouteDefinition route) {
        String id = String.valueOf(route.getRouteId());
        String from = shown(route.getInput().getEndpointUri());
        if (RouteIds.door(id)) {
            doors.put(RouteIds.route(id), from);
        } else if (from.startsWith(DIRECT)) {
            entries.put(target(from), RouteIds.route(id));
        }
    }

    private void route(RouteDefinition route) {
        String name = Places.name(route);
        if (RouteIds.door(name)) {
            return;
        }
        boolean kamelet = Boolean.TRUE.equals(route.isKamelet());
        String id = RouteIds.base(name);
        String from =
                kamelet ? "" : doors.getOrDefault(id, shown(route.getInput().getEndpointUri()));
        String description = route.getDescriptionText();
        drawn.put(
                id,
                new Drawn(
                        id,
                        kamelet ? Kind.KAMELET : Kind.ROUTE,
                        description == null ? "" : description,
                        from,
                        steps(route, route.getOutputs())));
    }

    private void errors(RouteConfigurationDefinition configuration) {
        List<Step> steps = new ArrayList<>();
        for (OnExceptionDefinition errors : configuration.getOnExceptions()) {
            steps.add(step(null, errors));
        }
        String id = RouteIds.base(String.valueOf(configuration.getId()));
        String description = configuration.getDescriptionText();
        drawn.put(id, new Drawn(id, Kind.ERRORS, description == null ? "" : description, "", steps));
    }

    private List<Step> steps(@Nullable RouteDefinition route, Collection<? extends ProcessorDefinition<?>> nodes) {
        return nodes.stream()
                .filter(node -> !isWayBack(node) && !isOfConfiguration(node))
                .map(node -> step(route, node))
                .toList();
    }

    /** Camel adds to a Kamelet the step that goes back to who uses it. */
    private static boolean isWayBack(NamedNode node) {
        return node instanceof EndpointRequiredDefinition to
                && to.getEndpointUri().matches("kamelet:(//)?sink.*");
    }

    /** Camel puts what a route configuration says into each of its routes. */
    private boolean isOfConfiguration(NamedNode node) {
        return node instanceof OnExceptionDefinition errors && Places.owner(camel, errors) != null;
    }

    private Step step(@Nullable RouteDefinition route, ProcessorDefinition<?> node) {
        List<ProcessorDefinition<?>> within = new ArrayList<>(node.getOutputs());
        if (node instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
            within.addAll(breaker.getOnFallback().getOutputs());
        }
        String id = node.getId() == null ? node.getShortName() : node.getId();
        return new Step(
                RouteIds.base(route == null ? id : Places.bare(route, id)),
                node.getShortName(),
                node instanceof EndpointRequiredDefinition to ? shown(to.getEndpointUri()) : label(node),
                steps(route, within));
    }

    private static String label(ProcessorDefinition<?> node) {
        return node instanceof OnExceptionDefinition errors
                ? String.join(", ", errors.getExceptions())
                : String.valueOf(node.getLabel());
    }

    /** Without what may be secret in it; nothing but the name in the case of Kamelets, whose marks no file has. */
    private static String shown(String uri) {
        String clean = URISupport.sanitizeUri(uri.replaceFirst("^([a-z0-9-]+)://", "$1:"));
        return clean.startsWith(KAMELET) ? KAMELET + RouteIds.base(Places.kamelet(target(clean))) : clean;
    }

    private void links(String from, List<Step> steps, Set<Link> links) {
        for (Step step : steps) {
            String to = step.label().startsWith(DIRECT)
                    ? entries.getOrDefault(target(step.label()), target(step.label()))
                    : step.label().startsWith(KAMELET) ? target(step.label()) : "";
            if (drawn.containsKey(to)) {
                links.add(new Link(from, step.id(), to));
            }
            links(from, step.steps(), links);
        }
    }

    private static String target(String uri) {
        String rest = uri.substring(uri.indexOf(':') + 1);
        int end = rest.indexOf('?');
        return end < 0 ? rest : rest.substring(0, end);
    }
}
