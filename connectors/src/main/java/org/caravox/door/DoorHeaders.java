package org.caravox.door;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * What passes the door, in and out, as a list of what may: an inbound header or query parameter that Camel or a
 * component reads as an instruction is not on it, whatever it is called.
 */
public final class DoorHeaders implements HeaderFilterStrategy {

    private static final Set<String> IN = Set.of("authorization", "x-api-key", "idempotency-key", "accept");

    private static final Set<String> OUT = Set.of(
            "location",
            "retry-after",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "x-request-id",
            "www-authenticate",
            "idempotency-replayed",
            "cache-control");

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !IN.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }
}
