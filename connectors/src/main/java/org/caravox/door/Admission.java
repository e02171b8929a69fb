package org.caravox.door;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Limits;
import org.caravox.tenants.Limits.Pass;
import org.caravox.tenants.Tenants;
import org.slf4j.MDC;

/**
 * Lets a request in: finds out whose it is, by its API key, and whether that tenant is within its limits. Sets the
 * exchange properties {@code requestId}, {@code caller} and {@code tenant}; the last is missing for an admin's key.
 */
public final class Admission implements Processor {

    /** The exchange property that holds the request's id. */
    public static final String REQUEST_ID = "requestId";

    static final String CALLER = "caller";
    static final String TENANT = "tenant";

    private final Tenants tenants;
    private final Limits limits;

    public Admission(Tenants tenants, Limits limits) {
        this.tenants = tenants;
        this.limits = limits;
    }

    @Override
    public void process(Exchange exchange) {
        UUID id = RequestIds.next();
        exchange.setProperty(REQUEST_ID, id);
        MDC.put("request", id.toString());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                MDC.remove("request");
            }
        });
        Message message = exchange.getMessage();
        message.setHeader("X-Request-Id", id.toString());
        Caller caller = caller(key(BodyOnDemand.request(exchange)));
        exchange.setProperty(CALLER, caller);
        caller.tenant().ifPresent(tenant -> enter(tenant, exchange));
    }

    /**
     * Who has a key.
     *
     * @throws Refusal UNAUTHENTICATED when there is none, or it is nobody's
     */
    public Caller caller(Optional<String> key) {
        if (key.isEmpty()) {
            throw new Refusal(
                    Refusal.Reason.UNAUTHENTICATED,
                    "no API key: send the header \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\"");
        }
        return tenants.caller(key.get())
                .orElseThrow(
                        () -> new Refusal(Refusal.Reason.UNAUTHENTICATED, "this API key is not known, or was revoked"));
    }

    /**
     * Lets a request of a tenant in; whoever calls this ends it.
     *
     * @throws Refusal TOO_MANY when the tenant is over its limits
     */
    public Pass enter(String tenant) {
        return limits.enter(tenant);
    }

    /** Whose an exchange is that has not been let in yet; empty when no tenant's key came with it. */
    public Optional<String> tenant(Exchange exchange) {
        return BodyOnDemand.in(exchange)
                .flatMap(Admission::key)
                .flatMap(tenants::caller)
                .flatMap(Caller::tenant);
    }

    /** The API key that the headers of a request hold. */
    public static Optional<String> key(HttpServletRequest http) {
        String authorization = http.getHeader("Authorization");
        if (authorization != null) {
            String[] parts = authorization.strip().split("\\s+", 2);
            String scheme = parts[0].toLowerCase(Locale.ROOT);
            if (parts.length == 2 && (scheme.equals("bearer") || scheme.equals("token"))) {
                return Optional.of(parts[1]);
            }
        }
        return Optional.ofNullable(http.getHeader("X-API-Key"))
                .map(String::strip)
                .filter(key -> !key.isEmpty());
    }

    private void enter(String tenant, Exchange exchange) {
        Pass pass = limits.enter(tenant);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                pass.release().run();
            }
        });
        exchange.setProperty(TENANT, tenant);
        Message message = exchange.getMessage();
        message.setHeader("RateLimit-Limit", pass.limit());
        message.setHeader("RateLimit-Remaining", pass.remaining());
        message.setHeader("RateLimit-Reset", pass.resetIn().toSeconds());
    }
}
