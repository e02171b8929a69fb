package org.caravox.queue;

import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.caravox.jobs.Outbox;

/** One outbox. */
public final class OutboxEndpoint extends DefaultEndpoint {

    private final String name;
    private final Outbox<?> outbox;
    private final Bell bell = new Bell();

    OutboxEndpoint(String uri, OutboxComponent component, String name, Outbox<?> outbox) {
        super(uri, component);
        this.name = name;
        this.outbox = outbox;
    }

    /** Says to the consumer of this hub that there is more; a hub without one finds it by itself. */
    @Override
    public Producer createProducer() {
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) {
                bell.ring();
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        OutboxConsumer<?> consumer = new OutboxConsumer<>(this, processor, name, outbox, bell);
        configureConsumer(consumer);
        return consumer;
    }
}
