package org.caravox.live;

import org.caravox.transcription.Transcript;

/** Whoever speaks into a session, as its door sees them. All is told on the session's loop; nothing may block. */
public interface LiveClient {

    /**
     * It is the session's client from now on; what it does not have yet is told next.
     *
     * @param received how many bytes of audio the session has, in the request's form: a client that is there again goes on
     *                 from here
     */
    default void attached(long received) {}

    /**
     * Something happened.
     *
     * @param number counts what was told, from 1: a client that comes back names the last one that it has
     */
    void tell(long number, LiveEvent event);

    /** Audio is read no more for now. */
    void pause();

    /** Audio is read again. */
    void resume();

    /** All was heard and told, and the transcript is stored. */
    void ended(Transcript transcript);

    /** The session cannot go on. */
    void failed(LiveFault fault);
}
