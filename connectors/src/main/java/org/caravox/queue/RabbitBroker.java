package org.caravox.queue;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.ObjectHelper;
import org.caravox.jobs.Dispatch;
import org.caravox.jobs.JobAcceptance.Obstacle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/**
 * How the hub and RabbitMQ stand with each other. Looked at every few seconds: the queues are declared if they are not
 * there, and jobs whose messages RabbitMQ has lost are dispatched anew. A hub starts without it, and finds it when it
 * comes.
 */
public final class RabbitBroker implements Obstacle {

    private static final Logger log = LoggerFactory.getLogger(RabbitBroker.class);

    /** RabbitMQ advises at most 10 priorities: each takes memory and CPU. */
    private static final int HIGHEST_PRIORITY = 9;

    /** Messages that are neither in the queue nor, as far as one can tell, in a worker's hands for so long are lost. */
    private static final Duration UNCLAIMED_FOR = Duration.ofSeconds(15);

    /** No worker has a message in its hands for so long without its job's being under way. */
    private static final Duration CERTAINLY_LOST_AFTER = Duration.ofMinutes(2);

    private final RabbitOperations rabbit;
    private final Dispatch dispatch;
    private final String queue;
    private final int prefetch;
    private final Duration longestJob;
    private final String intake;
    private volatile Optional<String> problem = Optional.of("RabbitMQ has not answered yet");

    /**
     * The broker.
     *
     * @param queue    the queue of jobs; what cannot be read from it goes to one of that name with {@code .dead} behind it
     * @param prefetch how many messages each consumer has in its hands at most
     * @param longestJob how long a consumer may work on one message
     * @param intake   the queue and the exchange that customers' messages come by; empty is none
     */
    public RabbitBroker(
            RabbitOperations rabbit,
            Dispatch dispatch,
            String queue,
            int prefetch,
            Duration longestJob,
            String intake) {
        this.rabbit = rabbit;
        this.dispatch = dispatch;
        this.queue = queue;
        this.prefetch = prefetch;
        this.longestJob = longestJob;
        this.intake = intake;
    }

    /** What is wrong with it; empty when it takes messages. */
    @Override
    public Optional<String> now() {
        return problem;
    }

    /** Looks how it is. */
    public void check() {
        Optional<String> found;
        try {
            DeclareOk state = declare();
            if (!intake.isEmpty()) {
                declareIntake();
            }
            reconcile(state);
            found = Optional.empty();
        } catch (RuntimeException e) {
            found = Optional.of(sentence(e));
        }
        Optional<String> before = problem;
        problem = found;
        dispatch.pause(found.isPresent());
        if (!before.equals(found)) {
            found.ifPresentOrElse(
                    what -> log.warn("rabbitmq.down reason=\"{}\"", what),
                    () -> log.info("rabbitmq.up queue={}", queue));
        }
    }

    private void reconcile(DeclareOk state) {
        int waitingBehindOthers = state.getConsumerCount() * (prefetch - 1); // the first of each is claimed at once
        try {
            int lost = dispatch.reconcile(state.getMessageCount() + waitingBehindOthers, UNCLAIMED_FOR)
                    + dispatch.reconcile(state.getMessageCount(), CERTAINLY_LOST_AFTER);
            if (lost > 0) {
                log.warn("rabbitmq.messages.lost jobs={}: they are dispatched anew", lost);
            }
        } catch (RuntimeException e) {
            log.warn("rabbitmq.reconcile.failed reason=\"{}\": tried again", e.getMessage());
        }
    }

    private DeclareOk declare() {
        return rabbit.execute(channel -> {
            String dead = queue + ".dead";
            channel.queueDeclare(dead, true, false, false, Map.of());
            return channel.queueDeclare(
                    queue,
                    true,
                    false,
                    false,
                    Map.of(
                            "x-max-priority",
                            HIGHEST_PRIORITY,
                            "x-consumer-timeout",
                            longestJob.toMillis(),
                            "x-dead-letter-exchange",
                            "",
                            "x-dead-letter-routing-key",
                            dead));
        });
    }

    /** Customers may write to the exchange, and so to no other queue. A queue that is there already may be of any kind. */
    private void declareIntake() {
        if (!exists(intake)) {
            rabbit.execute(channel -> channel.queueDeclare(intake, true, false, false, Map.of()));
        }
        rabbit.execute(channel -> {
            channel.exchangeDeclare(intake, BuiltinExchangeType.FANOUT, true);
            return channel.queueBind(intake, intake, "");
        });
    }

    private boolean exists(String name) {
        try {
            rabbit.execute(channel -> channel.queueDeclarePassive(name));
            return true;
        } catch (AmqpIOException e) {
            if (told(e).contains("NOT_FOUND")) {
                return false;
            }
            throw e;
        }
    }

    private static String told(RuntimeException failure) {
        ShutdownSignalException closed = ObjectHelper.getException(ShutdownSignalException.class, failure);
        return closed == null ? "" : String.valueOf(closed.getMessage());
    }

    private String sentence(RuntimeException failure) {
        if (failure instanceof AmqpAuthenticationException) {
            return "RabbitMQ refuses user or password: see spring.rabbitmq.username and .password";
        }
        if (told(failure).contains("PRECONDITION_FAILED")) {
            return "the queue " + queue + " or " + queue
                    + ".dead exists with other arguments: delete it, or name another in caravox.rabbitmq.queue"
                    + (intake.isEmpty() ? "" : "; or the exchange " + intake + " is no durable fanout");
        }
        if (told(failure).contains("ACCESS_REFUSED")) {
            return "RabbitMQ's user may not use the queue " + queue + (intake.isEmpty() ? "" : " or " + intake)
                    + ": give it configure, write and read permission";
        }
        IOException io = ObjectHelper.getException(IOException.class, failure);
        return "RabbitMQ cannot be reached"
                + (io == null ? "" : ": " + io.getClass().getSimpleName());
    }
}
