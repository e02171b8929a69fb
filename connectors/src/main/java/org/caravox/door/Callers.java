package org.caravox.door;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Tenants;
import org.jspecify.annotations.Nullable;

/** Who is calling, as {@link Admission} found out. */
public final class Callers {

    /** The exchange property that holds how long the caller waits, for the steps that ask a chain. */
    public static final String PATIENCE = "patience";

    private Callers() {}

    /** Who is calling. */
    public static Caller caller(Exchange exchange) {
        Caller caller = exchange.getProperty(Admission.CALLER, Caller.class);
        if (caller == null) {
            throw new IllegalStateException("route " + exchange.getFromRouteId() + " lacks the step admission");
        }
        return caller;
    }

    /**
     * How long the caller waits: until the deadline, or until they hang up. The request's body must have been read.
     */
    public static Patience patience(Exchange exchange, Duration time, Clock clock) {
        Optional<CallerConnections.Connection> connection = CallerConnections.of(BodyOnDemand.request(exchange));
        if (connection.isEmpty()) {
            return Patience.of(time, clock);
        }
        CallerConnections.Watch watch = connection.get().watch();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                watch.close();
            }
        });
        return new Patience(Deadline.in(time, clock), watch.hangUp());
    }

    /**
     * Whose things are asked for: the caller's tenant's; for an admin those of the tenant that is named, or with null
     * everybody's.
     *
     * @param wanted the tenant that the request names; null when it names none
     * @throws Refusal NOT_FOUND when it names one that there is not for this caller
     */
    static @Nullable String scope(Exchange exchange, @Nullable String wanted, Tenants tenants) {
        Caller caller = caller(exchange);
        String scope = caller.admin() ? wanted : caller.requireTenant();
        boolean known = wanted == null
                || (caller.admin()
                        ? tenants.list().stream().anyMatch(tenant -> tenant.id().equals(wanted))
                        : wanted.equals(scope));
        if (!known) {
            throw Refusal.notFound("tenant " + wanted + " not found");
        }
        return scope;
    }

    /**
     * The tenant.
     *
     * @throws Refusal FORBIDDEN for an admin's key
     */
    public static String tenant(Exchange exchange) {
        return caller(exchange).requireTenant();
    }
}
