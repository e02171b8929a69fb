package org.caravox.calls;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call when it begins.
 *
 * @param id        the call's, its transcript's and its conversation's
 * @param tenant    whose it is
 * @param userId    the tenant's own user; of a call that comes in, the number that rings
 * @param inbound   whether it comes in
 * @param trunk     by its name in the settings; null of a direct call
 * @param from      who rings: a number with its plus, or a name
 * @param fromName  what they show; null is nothing
 * @param to        who is rung
 * @param route     which route takes it: {@code direct:ROUTE}
 * @param agent     by its name in the settings; null is none
 * @param sipCallId of the dialog; of a platform's call, what the platform calls it
 * @param address   the other side's IP address and port
 * @param transport {@code udp}, {@code tcp} or {@code tls}; of a platform's call, the platform
 * @param recording whether it is a recording session (SIPREC), in which others speak
 * @param headers   of the INVITE, those that are of use to routes
 * @param metadata  what was given with a call that we make, or came with a recording session; null is nothing
 * @param startedAt when it began to ring
 */
public record CallRequest(
        UUID id,
        String tenant,
        String userId,
        boolean inbound,
        @Nullable String trunk,
        String from,
        @Nullable String fromName,
        String to,
        String route,
        @Nullable String agent,
        String sipCallId,
        String address,
        String transport,
        boolean recording,
        Map<String, String> headers,
        @Nullable JsonNode metadata,
        Instant startedAt) {

    public CallRequest {
        headers = Map.copyOf(headers);
    }

    /** {@code inbound} or {@code outbound}. */
    public String direction() {
        return inbound ? "inbound" : "outbound";
    }
}
