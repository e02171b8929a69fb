package org.caravox.agents;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How pressed keys become a turn.
 *
 * @param pause how long no other key is pressed until they are a turn; # ends it at once
 */
public record AgentKeys(Duration pause) {

    /** What is left out is as usual. */
    public AgentKeys(@Nullable Duration pause) {
        this.pause = Objects.requireNonNullElse(pause, Duration.ofSeconds(2));
        Limits.between("keys.pause", this.pause, Duration.ofMillis(200), Duration.ofSeconds(30));
    }
}
