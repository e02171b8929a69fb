package org.caravox.calls.signalling;

/** Rings, and is rung. */
public interface Signalling {

    /**
     * Rings somebody.
     *
     * @param listener told of how it goes
     * @throws org.caravox.requests.Refusal when the trunk is unknown, not registered, or the address is no address
     */
    SignalLeg dial(Dial dial, LegListener listener);

    /** Whoever rings from now on is handed to these. */
    void answeredBy(IncomingCalls incoming);
}
