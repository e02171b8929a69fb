package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;

/** A command failed, for a reason that whoever typed it understands. */
final class HubFailure extends RuntimeException {

    private final int status;
    private final transient Duration retryAfter;
    private final transient JsonNode problem;

    HubFailure(String message) {
        this(message, 0, Duration.ZERO);
    }

    HubFailure(String message, int status, Duration retryAfter) {
        this(message, status, retryAfter, MissingNode.getInstance());
    }

    HubFailure(String message, int status, Duration retryAfter, JsonNode problem) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
        this.problem = problem;
    }

    /** What the hub said, with all its members; missing when it said nothing that can be read. */
    JsonNode problem() {
        return problem;
    }

    /** The hub's answer; 0 when there was none. */
    int status() {
        return status;
    }

    /** How long the hub asks to wait before the next try. */
    Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the hub asks to come back at a time. */
    boolean saysWhen() {
        return !retryAfter.isZero();
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
