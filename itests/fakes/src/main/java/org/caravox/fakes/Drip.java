package org.caravox.fakes;

import java.time.Duration;

/**
 * A body that comes slowly.
 *
 * @param bytes in a piece, at least 1
 * @param every time between two pieces, at least a millisecond
 */
public record Drip(int bytes, Duration every) {

    public Drip {
        if (bytes < 1 || every.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "drip must be at least 1 byte every 1ms, was " + bytes + " bytes every " + every.toMillis() + "ms");
        }
    }
}
