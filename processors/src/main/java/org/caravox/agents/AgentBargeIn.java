package org.caravox.agents;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When the caller stops the agent.
 *
 * @param on whether that is possible
 * @param after how long somebody speaks until it counts: a cough is shorter
 * @param ignoreBackchannels whether "uh-huh" and "okay" let the agent go on
 * @param backchannel what lasts longer is none
 */
public record AgentBargeIn(Boolean on, Duration after, Boolean ignoreBackchannels, Duration backchannel) {

    /** What is left out is as usual. */
    public AgentBargeIn(
            @Nullable Boolean on,
            @Nullable Duration after,
            @Nullable Boolean ignoreBackchannels,
            @Nullable Duration backchannel) {
        this.on = Objects.requireNonNullElse(on, true);
        this.after = Objects.requireNonNullElse(after, Duration.ofMillis(130));
        this.ignoreBackchannels = Objects.requireNonNullElse(ignoreBackchannels, false);
        this.backchannel = Objects.requireNonNullElse(backchannel, Duration.ofMillis(800));
        Limits.between("barge-in.after", this.after, Duration.ofMillis(30), Duration.ofSeconds(2));
        Limits.between("barge-in.backchannel", this.backchannel, this.after, Duration.ofSeconds(3));
    }
}
