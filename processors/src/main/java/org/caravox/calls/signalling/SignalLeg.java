package org.caravox.calls.signalling;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.caravox.calls.media.MediaEngine;
import org.jspecify.annotations.Nullable;

/**
 * One dialog. What cannot be done in its state (an answer to a call that was hung up) is not done and not an error: the
 * listener has been or will be told. Methods may be called from any thread and do not block.
 */
public interface SignalLeg {

    /** Who is on it, fixed from the beginning. */
    Parties parties();

    /**
     * Who rings whom.
     *
     * @param callId   the SIP Call-ID, or what a platform calls the call
     * @param inbound  whether they ring us
     * @param trunk    by its name in the settings; null for a direct call
     * @param from     their user part, or their number: digits and a leading plus where it is one
     * @param fromName what they show; null is nothing
     * @param to       whom they ring: the user part of the request address
     * @param address  the IP address and port that it came from or goes to
     * @param transport {@code udp}, {@code tcp} or {@code tls}; of a platform's call, the platform
     * @param headers  those that are of use to routes, by their names: {@code X-...}, {@code Diversion}, {@code
     *                 P-Asserted-Identity}, {@code User-Agent} ...; bounded
     * @param recording whether it is a recording session (RFC 7866)
     */
    record Parties(
            String callId,
            boolean inbound,
            @Nullable String trunk,
            String from,
            @Nullable String fromName,
            String to,
            String address,
            String transport,
            Map<String, String> headers,
            boolean recording) {

        public Parties {
            headers = Map.copyOf(headers);
        }
    }

    /** What they offered in their INVITE; empty when they want an offer of us. */
    Optional<SessionDescription> offer();

    /** Who carries its audio, where that comes with the signalling; empty is the hub's own RTP. */
    default Optional<MediaEngine> media() {
        return Optional.empty();
    }

    /** 180. */
    void ring();

    /** 183, reliably (RFC 3262) where they can: what is played from now on may be heard before the answer. */
    void progress(SessionDescription answer);

    /** 200. Without an offer of theirs this is our offer, and their answer comes to {@link LegListener#answered}. */
    void answer(SessionDescription answer);

    /**
     * Refuses, or redirects.
     *
     * @param status     300 to 699
     * @param retryAfter only with 480, 486, 500, 503, 600, 603; null is none
     * @param contact    only with 3xx: where to ring instead; null is none
     */
    void decline(int status, String reason, @Nullable Duration retryAfter, @Nullable String contact);

    /** BYE, or CANCEL before an answer. */
    void hangUp(String reason);

    /** A re-INVITE: hold, resume, another codec. Fails with {@link SignalFailure} when they refuse; all stays as it was. */
    CompletionStage<SessionDescription> offerAnew(SessionDescription offer);

    /**
     * REFER: they are to ring somebody else; done when NOTIFY says 200, fails with {@link SignalFailure} otherwise. The call goes
     * on until it is hung up.
     *
     * @param replaces the dialog that the new one takes the place of (attended); null for a blind transfer
     * @param progress told the status of each NOTIFY
     */
    CompletionStage<Void> refer(String to, @Nullable SignalLeg replaces, IntConsumer progress, Duration within);

    /** A key by INFO ({@code application/dtmf-relay}), for those who do not understand RFC 4733. */
    void info(char digit, Duration length);
}
