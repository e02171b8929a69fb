package org.caravox.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.jobs.Dispatch;
import org.caravox.jobs.Dispatch.Ticket;
import org.caravox.jobs.JobLeases;
import org.caravox.jobs.LeasedWork.Lease;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/** The two ends of RabbitMQ's queue of jobs. A message is a job's id and nothing else. */
public final class RabbitJobs {

    private final RabbitOperations rabbit;
    private final JobLeases leases;
    private final LeaseKeeper keeper;
    private final String queue;
    private final Duration confirmWithin;

    /**
     * Jobs by RabbitMQ.
     *
     * @param rabbit        one with publisher confirms and returns
     * @param confirmWithin how long RabbitMQ may take to confirm a batch
     */
    public RabbitJobs(
            RabbitOperations rabbit, JobLeases leases, LeaseKeeper keeper, String queue, Duration confirmWithin) {
        this.rabbit = rabbit;
        this.leases = leases;
        this.keeper = keeper;
        this.queue = queue;
        this.confirmWithin = confirmWithin;
    }

    /**
     * Publishes tickets; returns once RabbitMQ has confirmed them all.
     *
     * @throws IllegalStateException  when one of them was not taken
     * @throws Dispatch.Unconfirmed when that is not known
     */
    public void publish(@Body List<Ticket> tickets) throws InterruptedException, Dispatch.Unconfirmed {
        List<CorrelationData> sent = new ArrayList<>(tickets.size());
        for (Ticket ticket : tickets) {
            CorrelationData correlation = new CorrelationData(ticket.job().toString());
            rabbit.send("", queue, message(ticket), correlation);
            sent.add(correlation);
        }
        long until = System.nanoTime() + confirmWithin.toNanos();
        for (CorrelationData correlation : sent) {
            await(correlation, until - System.nanoTime());
        }
    }

    private static Message message(Ticket ticket) {
        return MessageBuilder.withBody(ticket.job().toString().getBytes(StandardCharsets.US_ASCII))
                .setContentType(MessageProperties.CONTENT_TYPE_TEXT_PLAIN)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .setPriority(ticket.rank())
                .build();
    }

    /** A message that no queue took comes back, and is confirmed all the same. */
    private void await(CorrelationData correlation, long nanos) throws InterruptedException, Dispatch.Unconfirmed {
        try {
            CorrelationData.Confirm confirm = correlation.getFuture().get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
            if (!confirm.isAck() || correlation.getReturned() != null) {
                throw new IllegalStateException("RabbitMQ did not take a message for the queue " + queue);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("RabbitMQ's confirmation was lost", e);
        } catch (TimeoutException e) {
            throw new Dispatch.Unconfirmed("RabbitMQ did not confirm within " + confirmWithin.toMillis() + " ms");
        }
    }

    /**
     * Takes the job that a message names: the body becomes its request, and the properties {@code lease} and
     * {@code hangUp} are set. Ends the route when there is nothing to do.
     *
     * @throws AmqpRejectAndDontRequeueException when the message names no job
     */
    public void claim(Exchange exchange) {
        Optional<Lease> lease = leases.claim(job(exchange.getMessage().getBody(String.class)));
        if (lease.isEmpty()) {
            exchange.setRouteStop(true);
            return;
        }
        LeaseKeeper.UnderWay task = keeper.begin(lease.get());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                task.end();
            }
        });
        exchange.setProperty("lease", lease.get());
        exchange.setProperty("hangUp", task.hangUp());
        exchange.getMessage().setBody(lease.get().task());
    }

    private static UUID job(String body) {
        try {
            return UUID.fromString(body);
        } catch (IllegalArgumentException e) {
            throw new AmqpRejectAndDontRequeueException("a message of the queue of jobs must be a job's id", e);
        }
    }
}
