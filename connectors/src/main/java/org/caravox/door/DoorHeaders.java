package org.caravox.door;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * What passes the door: inbound nothing, because a header or query parameter that Camel or a component reads as an
 * instruction may be called anything; the door's own steps read what they know from the servlet request. Outbound what
 * is on the list.
 */
public final class DoorHeaders implements HeaderFilterStrategy {

    private static final Set<String> OUT = Set.of(
            "location",
            "retry-after",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "x-request-id",
            "x-should-retry",
            "x-caravox-warnings",
            "dg-request-id",
            "dg-error",
            "dg-model-name",
            "www-authenticate",
            "idempotency-replayed",
            "cache-control",
            "content-disposition",
            "content-range",
            "accept-ranges");

    /** What callers may be told, in lower case. */
    public static Set<String> names() {
        return OUT;
    }

    /** Whether a header of that name may be told to callers. */
    static boolean goesOut(String name) {
        return OUT.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !goesOut(name);
    }
}
