package org.caravox.queue;

import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.caravox.jobs.Outgoing;

/** Events as Kafka's records: those of one job have one key and so keep their order. */
public final class KafkaRecords {

    /** One record each, for {@code kafka:}, which sends a list as a batch. */
    public List<Message> of(@Body List<Outgoing> events, Exchange exchange) {
        return events.stream().map(event -> record(event, exchange)).toList();
    }

    private static Message record(Outgoing event, Exchange exchange) {
        Message record = new DefaultMessage(exchange);
        record.setBody(event.body());
        record.setHeader(KafkaConstants.KEY, event.key());
        record.setHeader("content-type", "application/cloudevents+json");
        return record;
    }
}
