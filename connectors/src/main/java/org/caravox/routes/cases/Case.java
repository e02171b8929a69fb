package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A case, as its file says. Values are JSON, in which {@link Named} messages stand as POJO nodes.
 *
 * @param file  where it stands
 * @param line  where it begins, from 1
 * @param name  what it proves
 * @param route the id of the route that gets the message
 */
record Case(String file, int line, String name, String route, Given given, Then then) {

    /**
     * One of the hub's own messages, {@code !Transcript {...}}.
     *
     * @param line where it stands, from 1
     */
    record Named(String name, JsonNode fields, int line) {}

    /**
     * What comes in, and what the world answers.
     *
     * @param body null when nothing is given
     */
    record Given(
            @Nullable JsonNode body,
            Map<String, JsonNode> headers,
            Map<String, JsonNode> properties,
            Map<String, List<JsonNode>> providers,
            Map<String, List<Answer>> steps,
            Map<String, List<Answer>> endpoints) {

        static final Given NOTHING = new Given(null, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
    }

    /**
     * What a step or an endpoint does instead.
     *
     * @param body    null leaves it as it is
     * @param fail    a way to fail, or the message of a plain failure; null when it does not fail
     * @param message why it fails; empty when nobody says
     */
    record Answer(
            @Nullable JsonNode body,
            Map<String, JsonNode> headers,
            Map<String, JsonNode> properties,
            @Nullable String fail,
            String message) {}

    /**
     * What must come of it.
     *
     * @param body  null when it does not matter
     * @param fails a part of the message; null when it must not fail
     */
    record Then(
            @Nullable JsonNode body,
            Map<String, JsonNode> headers,
            Map<String, JsonNode> properties,
            Map<String, Sent> sent,
            List<String> notSent,
            @Nullable String fails) {

        static final Then ENDS_WELL = new Then(null, Map.of(), Map.of(), Map.of(), List.of(), null);
    }

    /**
     * What went to one place.
     *
     * @param each null when only their number matters
     */
    record Sent(int times, @Nullable List<Message> each) {}

    /** A message as it must be, as far as it is named. */
    record Message(@Nullable JsonNode body, Map<String, JsonNode> headers, Map<String, JsonNode> properties) {}

    /** The places and steps whose messages are to be kept. */
    Set<String> watched() {
        Set<String> places = new java.util.TreeSet<>(then.sent().keySet());
        places.addAll(then.notSent());
        return places;
    }
}
