package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * What a model asks to have done.
 *
 * @param conversation the call
 * @param tenant       whose it is
 * @param agent        by its name
 * @param caller       whom the agent talks to
 * @param name         of the tool, one that the agent's file lists
 * @param arguments    a JSON object, as the model wrote it: not to be trusted
 */
public record ToolCall(
        UUID conversation, String tenant, String agent, String caller, String name, JsonNode arguments) {}
