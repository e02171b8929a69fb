package org.caravox.agents;

import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.calls.media.Player;
import org.jspecify.annotations.Nullable;

/** What an agent needs of a call, whoever carries it: SIP, or the two-way stream of a phone platform. */
public interface AgentCall {

    /** Names the call, and the conversation on it. */
    UUID id();

    String tenant();

    /** The API key that the tenant's door was opened by: the agent stops listening when it is revoked; null of a telephone call. */
    @Nullable
    UUID keyId();

    /** The tenant's own user, as the tenant names it. */
    String userId();

    /** Whom the agent talks to: a number or an address. */
    String caller();

    /** Where it came in: {@code sip}, {@code twilio} ... */
    String door();

    /** Whether we rang them. */
    boolean outbound();

    /** The one thread on which the agent is told of the call. */
    ScheduledExecutorService loop();

    /** What the caller hears; it takes what {@link Player#sampleRateHz()} says, and what is heard has the same rate. */
    Player player();

    /**
     * Presses keys, after what is queued.
     *
     * @param keys 0-9, *, #, A-D, and {@code w} for half a second of waiting
     */
    void press(String keys);

    /**
     * Somebody else is to go on with the caller. The agent has ended then.
     *
     * @param number   whom to ring
     * @param briefing what it is about, for whoever answers; empty when the agent has nothing to say
     */
    void handOver(String number, String briefing);

    /** The id of the stream on which the agent hears the caller; that of the call when it is the first. */
    default UUID nextStream() {
        return id();
    }

    /** A provider is asked on behalf of the call, under this id: what it costs is the call's. */
    default void asks(UUID request) {}

    /** Ends the call. The agent has ended then. */
    void hangUp(String reason);
}
