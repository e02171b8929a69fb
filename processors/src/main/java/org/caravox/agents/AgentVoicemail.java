package org.caravox.agents;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is done about machines that answer our calls.
 *
 * @param action hang up, or leave a message after the beep
 * @param message what is left
 * @param longerThan a greeting without a pause that lasts longer is a machine's
 * @param within how long a call is listened to before the agent speaks, where nobody says anything
 * @param beepWithin how long a machine may take to its beep
 */
public record AgentVoicemail(Action action, String message, Duration longerThan, Duration within, Duration beepWithin) {

    /** What is done. */
    public enum Action {
        @JsonProperty("hang-up")
        HANG_UP,
        @JsonProperty("leave-message")
        LEAVE_MESSAGE
    }

    /** What is left out is as usual. */
    public AgentVoicemail(
            @Nullable Action action,
            @Nullable String message,
            @Nullable Duration longerThan,
            @Nullable Duration within,
            @Nullable Duration beepWithin) {
        this.action = Objects.requireNonNullElse(action, Action.HANG_UP);
        this.message = Objects.requireNonNullElse(message, "");
        this.longerThan = Objects.requireNonNullElse(longerThan, Duration.ofMillis(3500));
        this.within = Objects.requireNonNullElse(within, Duration.ofSeconds(4));
        this.beepWithin = Objects.requireNonNullElse(beepWithin, Duration.ofSeconds(40));
        Limits.between("voicemail.longer-than", this.longerThan, Duration.ofSeconds(1), Duration.ofSeconds(20));
        Limits.between("voicemail.within", this.within, Duration.ofSeconds(1), Duration.ofSeconds(20));
        Limits.between("voicemail.beep-within", this.beepWithin, Duration.ofSeconds(1), Duration.ofMinutes(3));
        if (this.action == Action.LEAVE_MESSAGE && this.message.isBlank()) {
            throw new IllegalArgumentException("voicemail.message must say what is left after the beep");
        }
    }
}
