package org.caravox.live;

import java.util.UUID;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;

/** What the routes do about a session. These calls may block: sessions make them on threads of their own. */
public interface LiveSteps {

    /**
     * A stream is about to begin.
     *
     * @return the request as the route leaves it: it may choose provider, model and language
     * @throws org.caravox.requests.Refusal when the stream is not to begin
     */
    LiveRequest opened(LiveRequest request);

    /** Somebody has said something and paused. Called in order. */
    void uttered(LiveRequest request, Utterance utterance);

    /**
     * A stream has ended: its transcript is stored, told and paid for.
     *
     * @throws RuntimeException when that was not possible
     */
    Transcript ended(LiveRecord ended);

    /** Nothing more is asked of the routes about a session: it has ended, was refused, or goes on elsewhere. */
    default void left(UUID session) {}
}
