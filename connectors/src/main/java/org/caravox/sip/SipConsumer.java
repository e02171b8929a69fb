package org.caravox.sip;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.caravox.calls.Call;
import org.caravox.calls.CallEnded;
import org.caravox.calls.CallRequest;
import org.caravox.calls.Calls;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.SessionPins;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each call to the route, which has it until its end. A call is over when its route is. */
final class SipConsumer extends DefaultConsumer {

    private static final Logger log = LoggerFactory.getLogger(SipConsumer.class);

    private final SipComponent component;
    private final Calls calls;
    private final SessionPins versions;

    SipConsumer(SipEndpoint endpoint, Processor processor, SipComponent component, Calls calls, SessionPins versions) {
        super(endpoint, processor);
        this.component = component;
        this.calls = calls;
        this.versions = versions;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        calls.takenBy(call -> component.routes().execute(() -> route(call)));
    }

    @Override
    protected void doStop() throws Exception {
        calls.takenBy(null);
        super.doStop();
    }

    private void route(Call call) {
        CallRequest request = call.request();
        Exchange exchange = createExchange(false);
        exchange.setProperty(SipProducer.CALL, call);
        exchange.setProperty(RoutePins.PROPERTY, versions.begin(request.id(), request.tenant()));
        exchange.setProperty("tenant", request.tenant());
        exchange.setProperty("requestId", request.id().toString());
        exchange.setProperty("route", request.route());
        exchange.setProperty("agent", request.agent());
        exchange.setProperty("caller", request.from());
        exchange.setProperty("queued", call.isWaiting());
        exchange.getIn().setBody(request);
        getAsyncProcessor().process(exchange, sync -> {
            finish(call, exchange.getException());
            versions.end(request.id());
            releaseExchange(exchange, false);
        });
    }

    private static void finish(Call call, @Nullable Exception failure) {
        boolean over = call.whenEnded().isDone() || failure instanceof CallEnded;
        if (failure != null && !(failure instanceof CallEnded)) {
            log.error(
                    "call.route.failed call={} tenant={}",
                    call.request().id(),
                    call.request().tenant(),
                    failure);
        }
        if (over) {
            return;
        }
        if (call.answeredAt().isPresent() || !call.request().inbound()) {
            call.hangUp(failure == null ? "the route ended" : "the route failed");
        } else if (failure == null) {
            call.decline(480, "Temporarily Unavailable", null);
        } else {
            call.decline(500, "Server Internal Error", null);
        }
    }
}
