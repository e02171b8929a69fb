package org.caravox.queue;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.caravox.jobs.Outbox;

/**
 * What is still to be handed to a broker: {@code outbox:NAME}, where NAME is an {@link Outbox} bean. A consumer gets what
 * is due as a list, and what its route sends without an error is handed over; a producer says that there is more.
 */
public final class OutboxComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Outbox<?> outbox = CamelContextHelper.mandatoryLookup(getCamelContext(), remaining, Outbox.class);
        OutboxEndpoint endpoint = new OutboxEndpoint(uri, this, remaining, outbox);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
