package org.caravox.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.caravox.requests.Refusal;

/** Whether jobs can be taken on now. What this hub could not keep or hand on, it does not promise. */
public final class JobAcceptance {

    private static final Duration COME_BACK_IN = Duration.ofSeconds(10);

    /** Something that may stand in the way. */
    @FunctionalInterface
    public interface Obstacle {

        /** What is wrong, in a sentence for callers; empty when nothing is. */
        Optional<String> now();
    }

    private final List<Obstacle> obstacles;

    public JobAcceptance(List<Obstacle> obstacles) {
        this.obstacles = List.copyOf(obstacles);
    }

    /**
     * Goes on only when nothing stands in the way.
     *
     * @throws Refusal OVERLOADED, saying what does
     */
    public void check() {
        obstacles.stream()
                .flatMap(obstacle -> obstacle.now().stream())
                .findFirst()
                .ifPresent(what -> {
                    throw new Refusal(
                            Refusal.Reason.OVERLOADED, "no job can be taken on now: " + what, COME_BACK_IN, null);
                });
    }
}
