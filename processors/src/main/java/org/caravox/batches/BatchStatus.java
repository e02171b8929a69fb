package org.caravox.batches;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a batch stands. */
public enum BatchStatus {
    /** More items may come. */
    OPEN,
    /** All items have come, and some of their jobs have not ended. */
    RUNNING,
    /** All of its jobs have ended, each in its way. */
    ENDED,
    /** It was called off; what had ended by then stays. */
    CANCELLED;

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
