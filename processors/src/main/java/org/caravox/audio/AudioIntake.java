package org.caravox.audio;

/**
 * Makes samples of what a client sends, while it comes. What it has taken it gives out piece by piece, so that whoever
 * reads it can stop in between: a few bytes may be many seconds of audio. For one thread.
 */
public interface AudioIntake {

    /**
     * Takes the next bytes, as a message brought them.
     *
     * @throws org.caravox.requests.Refusal NOT_AUDIO or INVALID when they cannot be what the client said that it sends
     */
    void take(byte[] bytes);

    /**
     * The next samples of what was taken; none when more has to come first.
     *
     * @throws org.caravox.requests.Refusal NOT_AUDIO or INVALID, as above
     */
    byte[] next();

    /** Whether what has come so far is one channel: of two that come out, the second is silent then. */
    default boolean isOneChannel() {
        return false;
    }

    /** Samples that come as they are. */
    static AudioIntake plain() {
        return new WholeMessages(bytes -> bytes);
    }
}
