package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;

/**
 * What came of publishing.
 *
 * @param version  the version that new work gets, or that is tried
 * @param merged   files of others that it has, and the base of the edit had not
 * @param warnings what the check had to say
 * @param cases    how many cases were run
 * @param late     hubs that were ready and do not serve it yet
 * @param took     how long it all took
 */
public record Published(
        Version version,
        List<String> merged,
        List<Finding> warnings,
        int cases,
        List<String> late,
        @JsonIgnore Duration took) {

    /** Copies the lists. */
    public Published {
        merged = List.copyOf(merged);
        warnings = List.copyOf(warnings);
        late = List.copyOf(late);
    }

    /** How long it all took, in milliseconds. */
    @JsonProperty
    public double tookMs() {
        return took.toNanos() / 1e6;
    }
}
