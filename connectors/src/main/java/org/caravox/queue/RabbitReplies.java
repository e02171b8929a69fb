package org.caravox.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Body;
import org.caravox.jobs.Outgoing;
import org.caravox.jobs.Undelivered;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/** Puts replies into the queues of RabbitMQ that their readers have made. */
public final class RabbitReplies {

    private record Sent(Outgoing reply, CorrelationData correlation) {}

    private final RabbitOperations rabbit;
    private final Duration confirmWithin;

    /** @param rabbit one with publisher confirms and returns */
    public RabbitReplies(RabbitOperations rabbit, Duration confirmWithin) {
        this.rabbit = rabbit;
        this.confirmWithin = confirmWithin;
    }

    /**
     * Publishes them; returns once RabbitMQ has confirmed them all.
     *
     * @throws Undelivered naming those that it did not take, mostly because there is no such queue
     */
    public void publish(@Body List<Outgoing> replies) throws Undelivered, InterruptedException {
        List<Sent> sent = new ArrayList<>(replies.size());
        Map<Long, String> reasons = new HashMap<>();
        for (Outgoing reply : replies) {
            CorrelationData correlation = new CorrelationData(Long.toString(reply.seq()));
            try {
                rabbit.send("", reply.destination(), message(reply), correlation);
                sent.add(new Sent(reply, correlation));
            } catch (IllegalArgumentException e) {
                reasons.put(reply.seq(), "it cannot be sent: " + e.getMessage());
            }
        }
        long until = System.nanoTime() + confirmWithin.toNanos();
        for (Sent each : sent) {
            CorrelationData.Confirm confirm = await(each.correlation(), until - System.nanoTime());
            if (each.correlation().getReturned() != null) {
                reasons.put(each.reply().seq(), "there is no queue of that name");
            } else if (!confirm.isAck()) {
                reasons.put(each.reply().seq(), "RabbitMQ did not take it");
            }
        }
        if (!reasons.isEmpty()) {
            throw new Undelivered(reasons);
        }
    }

    private static Message message(Outgoing reply) {
        MessageProperties properties = new MessageProperties();
        properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
        properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
        properties.setMessageId(reply.id().toString());
        properties.setType(reply.type());
        properties.setCorrelationId(reply.key());
        return new Message(reply.body().getBytes(StandardCharsets.UTF_8), properties);
    }

    private CorrelationData.Confirm await(CorrelationData correlation, long nanos) throws InterruptedException {
        try {
            return correlation.getFuture().get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("RabbitMQ's confirmation was lost", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("RabbitMQ did not confirm within " + confirmWithin.toMillis() + " ms", e);
        }
    }
}
