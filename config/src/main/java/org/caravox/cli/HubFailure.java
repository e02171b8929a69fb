package org.caravox.cli;

import java.time.Duration;

/** A command failed, for a reason that whoever typed it understands. */
final class HubFailure extends RuntimeException {

    private final int status;
    private final transient Duration retryAfter;

    HubFailure(String message) {
        this(message, 0, Duration.ZERO);
    }

    HubFailure(String message, int status, Duration retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** The hub's answer; 0 when there was none. */
    int status() {
        return status;
    }

    /** How long the hub asks to wait before the next try. */
    Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the request itself is at fault, and no other. */
    boolean refused() {
        return status == 400 || status == 413 || status == 415 || status == 422;
    }

    /** Whether the same request may succeed later. */
    boolean mayPass() {
        return status == 0 || status == 429 || status >= 500;
    }
}
