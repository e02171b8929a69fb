package org.caravox.live;

/**
 * Why a session ended before its time.
 *
 * @param why     what happened
 * @param message a short sentence for the client, which holds no secret
 */
public record LiveFault(Why why, String message) {

    /** What happened, named by what the client does about it. */
    public enum Why {
        /** Neither audio nor a sign of life came, or no audio for long: the client sends either, or ends the stream. */
        SILENT,
        /** The stream has reached the longest time that one may last: open another. */
        TOO_LONG,
        /** The audio cannot be used: mend the encoding that the stream names. */
        NOT_AUDIO,
        /** The client does not read what it is told. */
        SLOW_READER,
        /** The API key was revoked. */
        KEY_REVOKED,
        /** An operator closed it. */
        CLOSED_BY_OPERATOR,
        /** This hub stops: come back, here or elsewhere; a session that can be resumed goes on there. */
        HUB_STOPS,
        /** No provider could go on: come back later. */
        NO_PROVIDER,
        /** Another client took the session over. */
        TAKEN_OVER,
        /** The hub's own fault. */
        BROKEN
    }
}
