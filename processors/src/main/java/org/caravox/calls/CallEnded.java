package org.caravox.calls;

/** The call is over, so nothing more can be done with it. A route that is in the middle of a call ends with it. */
public final class CallEnded extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param how in words, who ended it and why */
    public CallEnded(String how) {
        super("the call is over: " + how);
    }
}
