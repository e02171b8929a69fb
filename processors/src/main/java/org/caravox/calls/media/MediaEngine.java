package org.caravox.calls.media;

/** Carries the audio of calls. */
public interface MediaEngine {

    /**
     * Reserves ports for one party of a call.
     *
     * @param listener told of what comes in, on the leg's loop
     * @throws org.caravox.requests.Refusal OVERLOADED when every port of the range is taken
     */
    MediaLeg open(MediaWishes wishes, MediaListener listener);

    /** How many are open. */
    int open();
}
