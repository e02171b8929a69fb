package org.caravox.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.caravox.jobs.Outgoing;
import org.jspecify.annotations.Nullable;

/** Events as Kafka's records: those of one job have one key and so keep their order. */
public final class KafkaRecords {

    private static final String CONTENT_TYPE = "content-type";

    private final ObjectMapper json;

    public KafkaRecords(ObjectMapper json) {
        this.json = json;
    }

    /**
     * Records for {@code kafka:}, which sends a list as a batch.
     *
     * @param body what an outbox holds: one CloudEvent each; text is one record as it is, anything else one as JSON
     * @param key  of a record that is no event; blank is none
     */
    public List<Message> of(@Nullable Object body, @Nullable String key, Exchange exchange) {
        if (body instanceof List<?> events && events.stream().allMatch(Outgoing.class::isInstance)) {
            return events.stream()
                    .map(Outgoing.class::cast)
                    .map(event -> record(event.body(), event.key(), "application/cloudevents+json", exchange))
                    .toList();
        }
        return List.of(record(text(body), key == null || key.isBlank() ? null : key, "application/json", exchange));
    }

    private String text(@Nullable Object body) {
        try {
            return body instanceof String text ? text : json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("kafka-publish cannot send the message: it cannot be written as JSON", e);
        }
    }

    private static Message record(String body, @Nullable String key, String contentType, Exchange exchange) {
        Message record = new DefaultMessage(exchange);
        record.setBody(body);
        record.setHeader(KafkaConstants.KEY, key);
        record.setHeader(CONTENT_TYPE, contentType);
        return record;
    }
}
