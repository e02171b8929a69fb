package org.caravox.agents;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said when the caller says nothing: one prompt after another, and then the agent hangs up.
 *
 * @param after how long nobody speaks; zero is never
 * @param prompts said in turn
 */
public record AgentSilence(Duration after, List<String> prompts) {

    /** What is left out is as usual. */
    public AgentSilence(@Nullable Duration after, @Nullable List<String> prompts) {
        this.after = Objects.requireNonNullElse(after, Duration.ofSeconds(10));
        this.prompts = Objects.requireNonNullElse(prompts, List.of("Are you still there?"));
        Limits.between("silence.after", this.after, Duration.ZERO, Duration.ofMinutes(10));
    }
}
