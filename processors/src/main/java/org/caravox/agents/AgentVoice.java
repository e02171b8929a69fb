package org.caravox.agents;

import org.jspecify.annotations.Nullable;

/**
 * Who speaks.
 *
 * @param provider of text-to-speech; null leaves it to the chain
 * @param model null is the provider's own
 * @param voice as the provider or its settings name it; null is the usual one
 * @param speed 0.25 to 4; null is normal
 * @param instructions how to say it, in words; null is as usual
 */
public record AgentVoice(
        @Nullable String provider,
        @Nullable String model,
        @Nullable String voice,
        @Nullable Double speed,
        @Nullable String instructions) {

    /** What is left out is as usual. */
    public AgentVoice(
            @Nullable String provider,
            @Nullable String model,
            @Nullable String voice,
            @Nullable Double speed,
            @Nullable String instructions) {
        this.provider = provider;
        this.model = model;
        this.voice = voice;
        this.speed = speed;
        this.instructions = instructions;
        if (speed != null && !(speed >= 0.25 && speed <= 4)) {
            throw new IllegalArgumentException("voice.speed must be 0.25 to 4, was " + speed);
        }
    }
}
