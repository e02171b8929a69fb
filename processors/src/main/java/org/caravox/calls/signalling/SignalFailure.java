package org.caravox.calls.signalling;

/** The other side said no, or nothing. */
public final class SignalFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;

    /** @param status of their answer: 300 to 699; 408 when there was none */
    public SignalFailure(int status, String reason) {
        super(status + " " + reason);
        this.status = status;
    }

    /** 300 to 699; 408 when there was none. */
    public int status() {
        return status;
    }
}
