package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A caller's turn, before the model is asked: a route may change what the model is told, or answer itself.
 *
 * @param conversation the call
 * @param tenant       whose it is
 * @param agent        by its name
 * @param caller       whom the agent talks to
 * @param number       of the turn, from 1
 * @param said         what the caller said, or that keys were pressed
 * @param history      what was said before, as OpenAI's chat messages, without the prompt; not changed
 * @param prompt       what the model is told to be
 * @param provider     the model's provider; null leaves it to the chain
 * @param model        null is the provider's own
 * @param answer       what is said without asking the model; null asks it
 */
public record AgentTurn(
        UUID conversation,
        String tenant,
        String agent,
        String caller,
        int number,
        String said,
        JsonNode history,
        String prompt,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String answer) {

    /** The same with another prompt. */
    public AgentTurn prompted(String other) {
        return new AgentTurn(
                conversation, tenant, agent, caller, number, said, history, other, provider, model, answer);
    }

    /** The same for another provider and model. */
    public AgentTurn asking(@Nullable String otherProvider, @Nullable String otherModel) {
        return new AgentTurn(
                conversation, tenant, agent, caller, number, said, history, prompt, otherProvider, otherModel, answer);
    }

    /** The same, answered. */
    public AgentTurn answered(String text) {
        return new AgentTurn(conversation, tenant, agent, caller, number, said, history, prompt, provider, model, text);
    }
}
