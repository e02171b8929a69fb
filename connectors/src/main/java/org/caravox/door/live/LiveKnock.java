package org.caravox.door.live;

import io.netty.channel.EventLoop;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;
import org.caravox.door.Admission;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;

/**
 * A client that asks for a WebSocket.
 *
 * @param id        the request's id, which becomes the session's
 * @param http      the handshake
 * @param key       the API key that its headers hold
 * @param loop      where its connection is to live, unless it belongs to a session that lives elsewhere
 * @param admission knows whose keys are whose
 */
public record LiveKnock(UUID id, HttpServletRequest http, Optional<String> key, EventLoop loop, Admission admission) {

    /**
     * Who it is, within their limits.
     *
     * @throws Refusal UNAUTHENTICATED, FORBIDDEN for an admin's key, or TOO_MANY
     */
    public Caller caller() {
        return caller(key);
    }

    /** The same by a key that the protocol holds elsewhere. */
    public Caller caller(Optional<String> otherKey) {
        Caller caller = admission.caller(otherKey);
        admission.enter(caller.requireTenant()).release().run();
        return caller;
    }

    /** Without the query, as it was sent. */
    public String path() {
        return http.getRequestURI();
    }

    @Override
    public String toString() {
        return "LiveKnock[" + id + "]"; // without the key
    }
}
