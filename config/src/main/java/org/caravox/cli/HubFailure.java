package org.caravox.cli;

/** A command failed, for a reason that whoever typed it understands. */
final class HubFailure extends RuntimeException {

    HubFailure(String message) {
        super(message);
    }
}
