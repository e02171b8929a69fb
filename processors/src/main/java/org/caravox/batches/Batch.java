package org.caravox.batches;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * A batch as its owner sees it.
 *
 * @param head            what it is
 * @param total           how many items were sent
 * @param counts          how these stand
 * @param endedLastMinute how many jobs have ended within the last minute
 * @param audioSeconds    how much audio has been transcribed
 */
public record Batch(@JsonUnwrapped BatchHead head, int total, Counts counts, int endedLastMinute, double audioSeconds) {

    /** How many items stand how; those that were refused never became jobs. */
    public record Counts(int queued, int running, int completed, int failed, int cancelled, int refused) {

        int total() {
            return queued + running + completed + failed + cancelled + refused;
        }
    }
}
