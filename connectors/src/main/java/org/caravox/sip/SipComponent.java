package org.caravox.sip;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Endpoint;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.caravox.calls.Calls;
import org.jspecify.annotations.Nullable;

/**
 * Telephone calls as Camel sees them. {@code from: sip:inbound} gets an exchange for each call; {@code to: sip:VERB} has
 * something done with the call of the exchange, and goes on when it is done. See docs/calls/steps.md.
 */
public final class SipComponent extends DefaultComponent {

    private final int threads;
    private @Nullable ExecutorService routes;

    /** @param threads on which routes of calls run; a step that waits for a call holds none */
    public SipComponent(int threads) {
        this.threads = threads;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        Calls calls = CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), Calls.class);
        return new SipEndpoint(uri, this, calls, remaining, Wishes.taken(remaining, parameters));
    }

    /** Where routes go on. */
    ExecutorService routes() {
        ExecutorService known = routes;
        if (known == null) {
            throw new IllegalStateException("the component is not started");
        }
        return known;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        routes = getCamelContext().getExecutorServiceManager().newFixedThreadPool(this, "calls-route", threads);
    }

    @Override
    protected void doShutdown() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdownNow(routes());
        super.doShutdown();
    }
}
