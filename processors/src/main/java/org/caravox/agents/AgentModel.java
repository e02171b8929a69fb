package org.caravox.agents;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who thinks.
 *
 * @param provider of language models; null leaves it to the chain
 * @param model null is the provider's own
 * @param temperature 0 to 2; null is the provider's own
 * @param mostTokens of one answer; 1 to 4096
 * @param within how long the model may take to begin
 */
public record AgentModel(
        @Nullable String provider,
        @Nullable String model,
        @Nullable Double temperature,
        Integer mostTokens,
        Duration within) {

    /** What is left out is as usual. */
    public AgentModel(
            @Nullable String provider,
            @Nullable String model,
            @Nullable Double temperature,
            @Nullable Integer mostTokens,
            @Nullable Duration within) {
        this.provider = provider;
        this.model = model;
        this.temperature = temperature;
        this.mostTokens = Objects.requireNonNullElse(mostTokens, 400);
        this.within = Objects.requireNonNullElse(within, Duration.ofSeconds(20));
        Limits.between("model.most-tokens", this.mostTokens, 1, 4096);
        Limits.between("model.within", this.within, Duration.ofSeconds(1), Duration.ofMinutes(2));
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("model.temperature must be 0 to 2, was " + temperature);
        }
    }
}
