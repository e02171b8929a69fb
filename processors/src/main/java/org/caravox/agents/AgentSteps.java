package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import org.caravox.requests.Patience;

/** What the routes do about a conversation. These calls may block: they are made on worker threads, one at a time a call. */
public interface AgentSteps {

    /** The caller has had a turn. The route may change prompt, provider and model, or answer itself. */
    AgentTurn turn(AgentTurn turn);

    /**
     * Does what the model asks for.
     *
     * @param patience until when the answer is of use, and whether the caller is still there
     * @return what the model is told of it
     * @throws RuntimeException when it was not done; the model is told that it failed, and not why
     */
    JsonNode tool(ToolCall call, Patience patience);

    /** A machine has answered a call that we made. Told on a worker thread. */
    default void machineAnswered(AgentCall call) {}
}
