package org.caravox.calls.signalling;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom to ring, and how.
 *
 * @param to       a SIP or tel address, or a number, which the trunk completes
 * @param from     the number or address to show; null is the trunk's own
 * @param fromName the name to show; null is none
 * @param trunk    by its name in the settings; null only for full SIP addresses
 * @param offer    what we offer
 * @param headers  more headers: names that begin with {@code X-}, and those that the trunk's settings allow
 * @param within   how long it may ring
 * @param replaces the dialog that the called party is to replace by this one (attended transfer); null is none
 */
public record Dial(
        String to,
        @Nullable String from,
        @Nullable String fromName,
        @Nullable String trunk,
        SessionDescription offer,
        Map<String, String> headers,
        Duration within,
        @Nullable SignalLeg replaces) {

    public Dial {
        headers = Map.copyOf(headers);
    }
}
