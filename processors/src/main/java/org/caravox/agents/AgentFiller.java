package org.caravox.agents;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said while the model thinks.
 *
 * @param after how long nothing is heard before it; zero is never
 * @param texts said in turn
 */
public record AgentFiller(Duration after, List<String> texts) {

    /** What is left out is as usual. */
    public AgentFiller(@Nullable Duration after, @Nullable List<String> texts) {
        this.after = Objects.requireNonNullElse(after, Duration.ofSeconds(2));
        this.texts = Objects.requireNonNullElse(texts, List.of("One moment."));
        Limits.between("filler.after", this.after, Duration.ZERO, Duration.ofMinutes(1));
    }
}
