package org.caravox.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.caravox.routes.RoutePlan.Unit;
import org.jspecify.annotations.Nullable;

/**
 * What is loaded for a route: its steps, its door, and what they use, under names that no other version has. JSON is YAML,
 * so that Camel's loader reads it as it reads files.
 */
final class RouteTexts {

    private static final Set<String> VALUES = Set.of("parameters", "expression", "properties");

    /** What a route says about how its work comes in. */
    private static final Set<String> OF_DOORS = Set.of("autoStartup", "startupOrder", "routePolicy", "inputType");

    /** The bean by which a copy of an exchange stays on the version of the one that it was copied from. */
    static final String SAME_VERSION = "same-version";

    private static final String PRECONDITION = "precondition";

    /** Camel's default of all that takes something in: it changes nothing but the address. */
    private static final String WITHOUT_EFFECT = "bridgeErrorHandler";

    private final ObjectMapper json;

    RouteTexts(ObjectMapper json) {
        this.json = json;
    }

    /** A route without its door, and under another id. */
    String steps(
            Unit unit,
            String id,
            String entry,
            String mark,
            Map<String, String> kamelets,
            @Nullable String configuration) {
        ObjectNode route = unit.tree().deepCopy();
        mark(route, mark, kamelets);
        route.put("id", id);
        if (unit.direct().isEmpty()) {
            OF_DOORS.forEach(route::remove);
        }
        if (configuration != null) {
            route.put("routeConfigurationId", configuration);
        }
        if (unit.direct().isEmpty()) {
            ObjectNode from = json.createObjectNode();
            from.put("uri", "direct:" + entry);
            from.set("steps", route.at("/from/steps"));
            route.set("from", from);
        }
        return list("route", route);
    }

    /**
     * The door of a route: where its work comes from, and one step that hands it on.
     *
     * @param beside how many ways there are already in which its address is written, since Camel lets only one route in by
     *               each; 0 to 32
     */
    String door(Unit unit, String id, String entry, int beside) {
        ObjectNode route = json.createObjectNode();
        unit.tree().properties().forEach(member -> {
            if (member.getKey().equals(PRECONDITION) || OF_DOORS.contains(member.getKey())) {
                route.set(member.getKey(), member.getValue());
            }
        });
        route.put("id", id);
        route.putObject("errorHandler").putObject("noErrorHandler");
        ObjectNode from = unit.tree().get("from").deepCopy();
        from.remove(List.of("description", "note"));
        from.put("id", id + ".from");
        if (beside > 0) {
            writeOtherwise(from, beside - 1);
        }
        ObjectNode step = json.createObjectNode();
        step.putObject("to").put("id", id + ".enter").put("uri", "direct:" + entry);
        from.putArray("steps").add(step);
        route.set("from", from);
        return list("route", route);
    }

    private static void writeOtherwise(ObjectNode from, int nth) {
        StringBuilder no =
                new StringBuilder("false"); // and False, fAlse, FAlse: the same to Camel, and not the same address
        for (int i = 0; i < no.length(); i++) {
            if ((nth >> i & 1) == 1) {
                no.setCharAt(i, Character.toUpperCase(no.charAt(i)));
            }
        }
        String uri = from.get("uri").asText();
        if (uri.contains("?")) {
            from.put("uri", uri + "&" + WITHOUT_EFFECT + "=" + no);
        } else {
            from.withObject("/parameters").put(WITHOUT_EFFECT, no.toString());
        }
    }

    /** A route configuration under another id. */
    String configuration(Unit unit, String id, String mark) {
        ObjectNode configuration = unit.tree().deepCopy();
        mark(configuration, mark, Map.of());
        configuration.put("id", id);
        return list("routeConfiguration", configuration);
    }

    /** A Kamelet under another name. */
    String kamelet(Unit unit, String name, String mark, Map<String, String> kamelets) {
        ObjectNode kamelet = unit.tree().deepCopy();
        JsonNode template = kamelet.at("/spec/template");
        if (template.isObject()) {
            mark(template, mark, kamelets);
        }
        ((ObjectNode) kamelet.get("metadata")).put("name", name);
        return kamelet.toString();
    }

    private String list(String kind, ObjectNode entry) {
        ArrayNode list = json.createArrayNode();
        list.addObject().set(kind, entry);
        return list.toString();
    }

    /** Ids get the mark, Kamelets their names in the running context, and copies stay on their version. */
    private static void mark(JsonNode node, String mark, Map<String, String> kamelets) {
        if (node instanceof ObjectNode object) {
            if (object.path("id").isTextual()) {
                object.put("id", object.get("id").textValue() + mark);
            }
            String uri = object.path("uri").asText();
            if (uri.startsWith("kamelet:")) {
                String name = RoutePlan.name(uri);
                object.put(
                        "uri",
                        "kamelet:" + kamelets.getOrDefault(name, name)
                                + uri.substring("kamelet:".length() + name.length()));
            }
            if (object.path("wireTap") instanceof ObjectNode tap) {
                tap.put("onPrepare", SAME_VERSION);
            }
            JsonNode step = object.path("kamelet");
            if (step instanceof ObjectNode used && used.path("name").isTextual()) {
                String name = used.get("name").textValue();
                used.put("name", kamelets.getOrDefault(name, name));
            }
        }
        node.properties().forEach(member -> {
            if (!VALUES.contains(member.getKey())) {
                mark(member.getValue(), mark, kamelets);
            }
        });
        if (node.isArray()) {
            node.forEach(child -> mark(child, mark, kamelets));
        }
    }
}
