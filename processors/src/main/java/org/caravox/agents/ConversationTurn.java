package org.caravox.agents;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one of the two said.
 *
 * @param number      counts the turns of both, from 1
 * @param who         who said it
 * @param text        of the agent: as far as it was heard
 * @param interrupted whether the caller broke in
 * @param at          when it was over
 * @param latency     of an agent's answer; null of anything else
 * @param tools       the tools that were used for it, in order
 */
public record ConversationTurn(
        int number,
        Who who,
        String text,
        boolean interrupted,
        Instant at,
        @Nullable TurnLatency latency,
        List<String> tools) {

    /** Who said it. */
    public enum Who {
        CALLER,
        AGENT
    }

    public ConversationTurn {
        tools = List.copyOf(tools);
    }
}
