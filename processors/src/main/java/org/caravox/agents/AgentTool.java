package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that the model may ask for: a route of that name does it, but for {@code hand_over}, {@code hang_up} and {@code press_keys}, which the hub does itself.
 *
 * @param description what the model is told of it
 * @param parameters JSON schema of its arguments
 * @param within how long it may take; at most a minute
 */
public record AgentTool(String description, JsonNode parameters, Duration within) {

    private static JsonNode empty() {
        var schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.putObject("properties");
        return schema;
    }

    /** What is left out is as usual. */
    public AgentTool(@Nullable String description, @Nullable JsonNode parameters, @Nullable Duration within) {
        this.description = Objects.requireNonNullElse(description, "");
        this.parameters = Objects.requireNonNullElse(parameters, empty());
        this.within = Objects.requireNonNullElse(within, Duration.ofSeconds(10));
        Limits.between("within", this.within, Duration.ofMillis(100), Duration.ofMinutes(1));
        if (!this.parameters.isObject()) {
            throw new IllegalArgumentException("parameters of a tool must be a JSON schema, was " + this.parameters);
        }
    }
}
