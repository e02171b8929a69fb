package org.caravox.sip;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a step. Each may hold expressions of Camel's simple language, as {@code Hello ${exchangeProperty.name}}, which
 * are worked out for each call.
 */
final class Wishes {

    private final String step;
    private final Map<String, String> values;

    private Wishes(String step, Map<String, String> values) {
        this.step = step;
        this.values = values;
    }

    /** Takes those of a verb out of a map; Camel refuses what is left. */
    static Wishes taken(String verb, Map<String, Object> parameters) {
        if (verb.equals(SipEndpoint.INBOUND)) {
            return new Wishes("sip:" + verb, Map.of());
        }
        Verb known = Verb.named(verb);
        Map<String, String> values = new HashMap<>();
        for (String name : known.parameters()) {
            Object value = parameters.remove(name);
            if (value != null) {
                values.put(name, value.toString());
            }
        }
        Set<String> unknown = new TreeSet<>(parameters.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("sip:" + verb + " does not know " + String.join(", ", unknown)
                    + (known.parameters().isEmpty()
                            ? ": it has no parameters"
                            : ": its parameters are " + String.join(", ", new TreeSet<>(known.parameters()))));
        }
        known.required().stream()
                .filter(name -> !values.containsKey(name))
                .findFirst()
                .ifPresent(missing -> {
                    throw new IllegalArgumentException("sip:" + verb + " needs the parameter " + missing);
                });
        return new Wishes("sip:" + verb, values);
    }

    /** A text; null when it is not given or comes to nothing. */
    @Nullable
    String text(Exchange exchange, String name) {
        String value = values.get(name);
        if (value == null) {
            return null;
        }
        String text = value.contains("${")
                ? exchange.getContext()
                        .resolveLanguage("simple")
                        .createExpression(value)
                        .evaluate(exchange, String.class)
                : value;
        return text == null || text.isBlank() ? null : text;
    }

    String text(Exchange exchange, String name, String otherwise) {
        String text = text(exchange, name);
        return text == null ? otherwise : text;
    }

    String required(Exchange exchange, String name) {
        String text = text(exchange, name);
        if (text == null) {
            throw new IllegalArgumentException(step + ": its parameter " + name + " came to nothing");
        }
        return text;
    }

    int number(Exchange exchange, String name, int otherwise) {
        String text = text(exchange, name);
        try {
            return text == null ? otherwise : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(step + ": " + name + " is a whole number, was \"" + text + "\"", e);
        }
    }

    @Nullable
    Double decimal(Exchange exchange, String name) {
        String text = text(exchange, name);
        try {
            return text == null ? null : Double.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(step + ": " + name + " is a number, was \"" + text + "\"", e);
        }
    }

    /** As Camel writes times: {@code 500}, which is milliseconds, {@code 5s}, {@code 2m}. */
    Duration time(Exchange exchange, String name, Duration otherwise) {
        String text = text(exchange, name);
        if (text == null) {
            return otherwise;
        }
        Duration time = exchange.getContext().getTypeConverter().convertTo(Duration.class, exchange, text.strip());
        if (time == null || time.isNegative()) {
            throw new IllegalArgumentException(step + ": " + name + " is a time as 5s or 2m, was \"" + text + "\"");
        }
        return time;
    }
}
