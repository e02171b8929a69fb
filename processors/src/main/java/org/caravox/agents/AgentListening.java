package org.caravox.agents;

import org.jspecify.annotations.Nullable;

/**
 * Who hears the caller.
 *
 * @param provider of live speech-to-text; null leaves it to the chain
 * @param model null is the provider's own
 */
public record AgentListening(@Nullable String provider, @Nullable String model) {

    /** What is left out is as usual. */
    public AgentListening(@Nullable String provider, @Nullable String model) {
        this.provider = provider;
        this.model = model;
    }
}
