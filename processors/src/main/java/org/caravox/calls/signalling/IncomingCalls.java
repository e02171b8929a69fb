package org.caravox.calls.signalling;

/** Takes calls that come in. */
public interface IncomingCalls {

    /**
     * Somebody rings: a trunk that may, by a number that is known or not. Must return at once; 100 Trying was sent.
     *
     * @return told of what becomes of it
     */
    LegListener rings(SignalLeg leg);
}
