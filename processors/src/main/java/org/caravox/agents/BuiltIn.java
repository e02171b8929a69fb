package org.caravox.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** The tools that need no route. */
final class BuiltIn {

    static final String HAND_OVER = "hand_over";
    static final String HANG_UP = "hang_up";
    static final String PRESS_KEYS = "press_keys";

    private record Known(String description, String argument, String of) {

        AgentTool tool() {
            ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            if (!argument.isEmpty()) {
                properties.putObject(argument).put("type", "string").put("description", of);
                schema.putArray("required").add(argument);
            }
            return new AgentTool(description, schema, null);
        }
    }

    private static final Map<String, AgentTool> KNOWN = Map.of(
            HAND_OVER,
            new Known(
                            "Hands the caller over to a person. Say first that you do so.",
                            "briefing",
                            "What the person should know, in one or two sentences")
                    .tool(),
            HANG_UP,
            new Known("Ends the call. Say goodbye first.", "", "").tool(),
            PRESS_KEYS,
            new Known("Presses keys of the telephone.", "keys", "0-9, *, #; w waits for half a second").tool());

    private BuiltIn() {}

    /** The tool of a name, where it is one of these. */
    static Optional<AgentTool> of(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }
}
