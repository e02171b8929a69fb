package org.caravox.agents;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When the caller has had a turn.
 *
 * @param pauseShort the pause that ends what sounds complete
 * @param pauseLong the pause that ends what sounds as if more is to come; not less than the short one
 * @param detector who tells speech from noise
 */
public record AgentTurnEnd(Duration pauseShort, Duration pauseLong, Detector detector) {

    /** Who tells speech from noise. */
    public enum Detector {
        @JsonProperty("silero")
        SILERO,
        @JsonProperty("energy")
        ENERGY
    }

    /** What is left out is as usual. */
    public AgentTurnEnd(@Nullable Duration pauseShort, @Nullable Duration pauseLong, @Nullable Detector detector) {
        this.pauseShort = Objects.requireNonNullElse(pauseShort, Duration.ofMillis(400));
        this.pauseLong = Objects.requireNonNullElse(pauseLong, Duration.ofMillis(1400));
        this.detector = Objects.requireNonNullElse(detector, Detector.SILERO);
        Limits.between("turn.pause-short", this.pauseShort, Duration.ofMillis(250), Duration.ofSeconds(10));
        Limits.between("turn.pause-long", this.pauseLong, this.pauseShort, Duration.ofSeconds(10));
    }
}
