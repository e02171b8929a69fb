package org.caravox.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/** Puts what routes send into exchanges and queues of RabbitMQ. */
public final class RabbitMessages {

    private final RabbitOperations rabbit;
    private final ObjectMapper json;
    private final Duration confirmWithin;

    /** @param rabbit one with publisher confirms and mandatory returns */
    public RabbitMessages(RabbitOperations rabbit, ObjectMapper json, Duration confirmWithin) {
        this.rabbit = rabbit;
        this.json = json;
        this.confirmWithin = confirmWithin;
    }

    /**
     * Publishes a message, which outlives a restart; returns once RabbitMQ has confirmed it.
     *
     * @param exchange   blank: the key is the name of a queue
     * @param routingKey the queue, or what the exchange sends it on by
     * @param body       text is sent as it is, anything else as JSON
     * @throws Refusal UNREACHABLE when RabbitMQ did not take it, or nobody gets it
     */
    public void publish(String exchange, String routingKey, @Nullable Object body) throws InterruptedException {
        String id = RequestIds.next().toString();
        CorrelationData correlation = new CorrelationData(id);
        try {
            rabbit.send(exchange, routingKey, message(id, body), correlation);
            boolean taken = correlation
                    .getFuture()
                    .get(confirmWithin.toMillis(), TimeUnit.MILLISECONDS)
                    .isAck();
            if (correlation.getReturned() != null) {
                throw refused("nobody gets messages for \"" + routingKey + "\": is there a queue of that name?", null);
            }
            if (!taken) {
                throw refused("RabbitMQ did not take the message for \"" + routingKey + "\"", null);
            }
        } catch (AmqpException | ExecutionException e) {
            throw refused("RabbitMQ cannot be reached now", e);
        } catch (TimeoutException e) {
            throw refused("RabbitMQ did not confirm within " + confirmWithin.toMillis() + " ms", e);
        }
    }

    private static Refusal refused(String why, @Nullable Throwable cause) {
        return new Refusal(Refusal.Reason.UNREACHABLE, why, null, cause);
    }

    private Message message(String id, @Nullable Object body) {
        MessageProperties properties = new MessageProperties();
        properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
        properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
        properties.setMessageId(id);
        return new Message(text(body).getBytes(StandardCharsets.UTF_8), properties);
    }

    private String text(@Nullable Object body) {
        try {
            return body instanceof String text ? text : json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "rabbitmq-publish cannot send the message: it cannot be written as JSON", e);
        }
    }
}
