package org.caravox.queue;

import java.time.Duration;
import org.apache.camel.component.springrabbit.CamelDirectMessageListenerContainer;
import org.apache.camel.component.springrabbit.ListenerContainerFactory;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * Makes the consumers of RabbitMQ's queues. They outlive whatever RabbitMQ does: it may be away, refuse the password or
 * have no such queue; they try again. Those of the queue of jobs keep their leases as long as they run.
 */
public final class RabbitListeners implements ListenerContainerFactory {

    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(2);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final RabbitBroker broker;
    private final LeaseKeeper keeper;
    private final String jobs;

    /**
     * Consumers.
     *
     * @param jobs the queue of jobs
     */
    public RabbitListeners(RabbitBroker broker, LeaseKeeper keeper, String jobs) {
        this.broker = broker;
        this.keeper = keeper;
        this.jobs = jobs;
    }

    @Override
    public AbstractMessageListenerContainer createListenerContainer(SpringRabbitMQEndpoint endpoint) {
        CamelDirectMessageListenerContainer listeners = endpoint.getQueues().equals(jobs)
                ? new OfJobs(endpoint, broker, keeper)
                : new CamelDirectMessageListenerContainer(endpoint);
        listeners.setQueueNames(endpoint.getQueues().split(","));
        listeners.setAcknowledgeMode(endpoint.getAcknowledgeMode());
        listeners.setPrefetchCount(endpoint.getPrefetchCount());
        listeners.setDefaultRequeueRejected(true);
        listeners.setMissingQueuesFatal(false);
        listeners.setMismatchedQueuesFatal(false);
        listeners.setPossibleAuthenticationFailureFatal(false);
        listeners.setAutoDeclare(false);
        listeners.setRecoveryInterval(TRY_AGAIN_AFTER.toMillis());
        listeners.setFailedDeclarationRetryInterval(TRY_AGAIN_AFTER.toMillis());
        listeners.setShutdownTimeout(STOP_WITHIN.toMillis());
        return listeners;
    }

    private static final class OfJobs extends CamelDirectMessageListenerContainer {
        private final RabbitBroker broker;
        private final LeaseKeeper keeper;

        OfJobs(SpringRabbitMQEndpoint endpoint, RabbitBroker broker, LeaseKeeper keeper) {
            super(endpoint);
            this.broker = broker;
            this.keeper = keeper;
        }

        @Override
        protected void doStart() {
            broker.check();
            keeper.start();
            super.doStart();
        }

        /** Not {@code shutdownAndWaitOrCallback}, which also comes before each new try to reach RabbitMQ. */
        @Override
        public void shutdown(@Nullable Runnable callback) {
            keeper.stop();
            super.shutdown(callback);
        }
    }
}
