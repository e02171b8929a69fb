package org.caravox.routes.seen;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.caravox.publishing.RouteIds;
import org.jspecify.annotations.Nullable;

/** Where a step of the running context is written. */
final class Places {

    private static final Pattern LOADED_KAMELET = Pattern.compile("(.+?)__.+?(?:_(\\d+))?");

    private static final Pattern OF_VERSION = Pattern.compile(RouteIds.MARK + "(\\d{1,10})$");

    private Places() {}

    /** Null for the step of a door, which only hands on, and for what is in no file. */
    static @Nullable Place of(CamelContext camel, NamedNode step) {
        String id = step.getId();
        if (id == null) {
            return null;
        }
        for (NamedNode above = step; above != null; above = above.getParent()) {
            if (above instanceof OnExceptionDefinition errors) {
                String owner = owner(camel, errors);
                if (owner != null) {
                    return new Place(RouteIds.base(owner), RouteIds.base(id), version(owner));
                }
            } else if (above instanceof RouteDefinition route) {
                return of(route, id);
            }
        }
        return null;
    }

    private static @Nullable Place of(RouteDefinition route, String step) {
        String name = name(route);
        return RouteIds.door(name)
                ? null
                : new Place(RouteIds.base(name), RouteIds.base(bare(route, step)), version(name));
    }

    /** The id of a route; of one that was made for a use of a Kamelet, the Kamelet's. */
    static String name(RouteDefinition route) {
        String id = String.valueOf(route.getRouteId());
        if (!Boolean.TRUE.equals(route.isKamelet())) {
            return id;
        }
        String prefix = "-" + route.getNodePrefixId();
        return kamelet(id.endsWith(prefix) ? id.substring(0, id.length() - prefix.length()) : id);
    }

    /** Each route has Kamelets of its own: {@code crm-fields__hubspot_7} is {@code crm-fields~7}. */
    static String kamelet(String name) {
        Matcher loaded = LOADED_KAMELET.matcher(name);
        if (!loaded.matches()) {
            return name;
        }
        return loaded.group(2) == null ? loaded.group(1) : loaded.group(1) + RouteIds.MARK + loaded.group(2);
    }

    /** Every use of a Kamelet has its own mark before the ids of steps. */
    static String bare(RouteDefinition route, String step) {
        String prefix = route.getNodePrefixId();
        return prefix != null && step.startsWith(prefix)
                ? step.substring(prefix.length()).replaceFirst("^-", "")
                : step;
    }

    /** The route configuration that says what is done about errors; null when the route itself does. */
    static @Nullable String owner(CamelContext camel, OnExceptionDefinition errors) {
        if (!(camel instanceof ModelCamelContext model)) {
            return null;
        }
        for (RouteConfigurationDefinition configuration : model.getRouteConfigurationDefinitions()) {
            if (configuration.getOnExceptions().stream().anyMatch(each -> same(each, errors))) {
                return configuration.getId();
            }
        }
        return null;
    }

    private static boolean same(OnExceptionDefinition one, OnExceptionDefinition other) {
        return one == other || (one.getId() != null && one.getId().equals(other.getId()));
    }

    /** The version that loaded something; 0 when it was there from the start, or its mark tells a text instead. */
    private static long version(String id) {
        Matcher loaded = OF_VERSION.matcher(id);
        return loaded.find() ? Long.parseLong(loaded.group(1)) : 0;
    }
}
