package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;

/** Where a job stands. */
public enum JobStatus {
    QUEUED,
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED;

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing more happens to it by itself. */
    public boolean ended() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * Reads the word.
     *
     * @throws Refusal INVALID, listing what is allowed
     */
    public static JobStatus of(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("status \"" + word + "\" is not known: use "
                        + Arrays.stream(values()).map(JobStatus::word).collect(Collectors.joining(", "))));
    }
}
