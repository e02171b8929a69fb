package org.caravox.webhook;

/** Our credentials for an endpoint do not work; the message holds none of them. */
final class CannotSignIn extends RuntimeException {

    private static final long serialVersionUID = 1;

    CannotSignIn(String message) {
        super(message);
    }
}
