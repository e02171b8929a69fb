package org.caravox.calls.signalling;

import java.time.Duration;
import org.caravox.calls.media.NoCommonCodec;
import org.jspecify.annotations.Nullable;

/** Told of what happens to a dialog. May be called from any thread, one at a time; nothing may block. */
public interface LegListener {

    /** They ring (180). Of calls that we make only. */
    default void ringing() {}

    /** Early media (183 with an answer). Of calls that we make only. */
    default void progress(SessionDescription answer) {}

    /** They have answered; or, of a call without an offer of theirs, their ACK has brought the answer to ours. */
    default void answered(@Nullable SessionDescription answer) {}

    /** Our answer was acknowledged (ACK). Of calls that they make only. */
    default void confirmed() {}

    /**
     * They make another offer (re-INVITE, UPDATE): hold, resume, another codec.
     *
     * @param offer null asks for an offer of ours
     * @return our answer, or our offer
     * @throws NoCommonCodec to refuse by 488; all stays as it was
     */
    SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec;

    /** A key by INFO. */
    default void digit(char digit, Duration length) {}

    /**
     * They ask us to ring somebody else (REFER).
     *
     * @return whether that is done; false refuses by 603
     */
    default boolean referred(String to) {
        return false;
    }

    /** It is over. Told once, last, whoever ended it. */
    void ended(Ended ended);

    /**
     * How a dialog ended.
     *
     * @param who     who ended it
     * @param status  the final status of a call that was not answered: 300 to 699; 0 of one that was
     * @param reason  in words: that of the status line, of the Reason header, or ours
     */
    record Ended(Who who, int status, String reason) {

        /** Who ended it. */
        public enum Who {
            US,
            THEM,
            /** A time-out, a lost connection, a session that was not refreshed (RFC 4028). */
            NETWORK
        }
    }
}
