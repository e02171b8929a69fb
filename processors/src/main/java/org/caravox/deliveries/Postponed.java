package org.caravox.deliveries;

import java.time.Duration;

/** Not now: the delivery is tried again after a while, and this does not count as an attempt. */
public final class Postponed extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /**
     * To be thrown by whoever delivers.
     *
     * @param reason one sentence for the tenant, without secrets
     */
    public Postponed(String reason, Duration retryAfter) {
        super(reason);
        this.retryAfter = retryAfter;
    }

    /** When it is worth trying again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
