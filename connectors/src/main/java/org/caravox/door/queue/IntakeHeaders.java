package org.caravox.door.queue;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * The headers of messages that pass the door: those that the hub reads, by name. What Camel or a component would read as
 * an instruction stays outside, whatever it is called.
 */
public final class IntakeHeaders implements HeaderFilterStrategy {

    static final String TENANT = "caravox-tenant";
    static final String REPLY_TOPIC = "caravox-reply-topic";
    static final String WEBHOOK_ID = "webhook-id";
    static final String TIMESTAMP = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    /** What comes with the message and is no header of its sender's choice has a name that no header can have. */
    static final String USER = ":user-id";

    static final String MESSAGE_ID = ":message-id";
    static final String REPLY_TO = ":reply-to";
    static final String CORRELATION_ID = ":correlation-id";

    static final Set<String> IN = Set.of(TENANT, REPLY_TOPIC, WEBHOOK_ID, TIMESTAMP, SIGNATURE);

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !IN.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
