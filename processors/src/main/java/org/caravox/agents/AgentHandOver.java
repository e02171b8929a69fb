package org.caravox.agents;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who goes on when the agent cannot, or should not.
 *
 * @param number to ring: a number, or a SIP address
 * @param text said before it is rung; empty says nothing
 */
public record AgentHandOver(String number, String text) {

    /** What is left out is as usual. */
    public AgentHandOver(@Nullable String number, @Nullable String text) {
        this.number = Objects.requireNonNullElse(number, "");
        this.text = Objects.requireNonNullElse(text, "");
        if (this.number.isBlank()) {
            throw new IllegalArgumentException("hand-over.number must say whom to ring");
        }
    }
}
