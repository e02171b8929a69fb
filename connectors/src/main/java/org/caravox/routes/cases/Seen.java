package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.caravox.publishing.RouteTrial;
import org.caravox.publishing.RouteTrial.Shown;
import org.jspecify.annotations.Nullable;

/** Messages as people get to see them. */
final class Seen {

    private static final Set<String> OWN = Set.of(Run.PROPERTY, Exchange.REDELIVERY_DELAY, HttpOfCase.HEADER);
    private static final String CAMELS_OWN = "Camel";

    private Seen() {}

    /** All of a message. */
    static Shown all(Values values, Exchange exchange) {
        return changed(values, exchange, Map.of(), Map.of());
    }

    /** The body, and what differs from before. */
    static Shown changed(
            Values values, Exchange exchange, Map<String, Object> headers, Map<String, Object> properties) {
        return new Shown(
                text(values.shown(exchange.getMessage().getBody())),
                changed(values, exchange.getMessage().getHeaders(), headers, false),
                changed(values, exchange.getProperties(), properties, true));
    }

    private static Map<String, String> changed(
            Values values, Map<String, Object> now, Map<String, Object> before, boolean withoutCamels) {
        Map<String, String> changed = new TreeMap<>();
        now.forEach((name, value) -> {
            boolean hidden = OWN.contains(name) || (withoutCamels && name.startsWith(CAMELS_OWN));
            if (!hidden && !Objects.equals(value, before.get(name))) {
                changed.put(name, text(values.shown(value)));
            }
        });
        return changed;
    }

    private static String text(@Nullable JsonNode node) {
        if (node == null || node.isMissingNode()) {
            return "";
        }
        String text = node.isTextual() ? node.textValue() : node.toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= RouteTrial.MOST_SHOWN
                ? text
                : text.substring(0, Math.min(text.length(), RouteTrial.MOST_SHOWN / 4)) + " ... (" + bytes.length
                        + " bytes)";
    }
}
