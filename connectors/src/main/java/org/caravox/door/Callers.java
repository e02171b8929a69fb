package org.caravox.door;

import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.caravox.requests.Patience;
import org.caravox.tenants.Caller;

/** Who is calling, as {@link Admission} found out. */
final class Callers {

    private Callers() {}

    /** How long the caller waits: until the deadline. The request's body must have been read. */
    static Patience patience(Exchange exchange, Duration time, Clock clock) {
        return Patience.of(time, clock);
    }

    static Caller caller(Exchange exchange) {
        Caller caller = exchange.getProperty(Admission.CALLER, Caller.class);
        if (caller == null) {
            throw new IllegalStateException("route " + exchange.getFromRouteId() + " lacks the step admission");
        }
        return caller;
    }

    /**
     * The tenant.
     *
     * @throws org.caravox.requests.Refusal FORBIDDEN for an admin's key
     */
    static String tenant(Exchange exchange) {
        return caller(exchange).requireTenant();
    }
}
