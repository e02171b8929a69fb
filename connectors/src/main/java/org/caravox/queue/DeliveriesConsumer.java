package org.caravox.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.Delivery.Kind;
import org.caravox.deliveries.DeliveryEngine;
import org.caravox.deliveries.Fault;
import org.caravox.deliveries.Lanes;
import org.caravox.deliveries.Outcome;
import org.caravox.requests.Deadline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands deliveries to their route. Webhooks are sent without a thread that waits for them; what other routes do may block,
 * and has threads of its own.
 */
final class DeliveriesConsumer extends DefaultConsumer {

    private static final Logger log = LoggerFactory.getLogger(DeliveriesConsumer.class);
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final int THREADS = 32;

    private final DeliveryEngine engine;
    private final DataSource database;
    private volatile boolean running;
    private @Nullable ExecutorService routes;
    private @Nullable ExecutorService announcements;

    DeliveriesConsumer(DefaultEndpoint endpoint, Processor processor, DeliveryEngine engine, DataSource database) {
        super(endpoint, processor);
        this.engine = engine;
        this.database = database;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = true;
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        routes = executors.newFixedThreadPool(this, "deliveries-route", THREADS);
        announcements = executors.newSingleThreadExecutor(this, "deliveries-listen");
        announcements.execute(new Announcements("deliveries", database, Lanes.CHANNEL, () -> running, engine::wake));
        engine.start(this::carry);
    }

    @Override
    protected void doStop() throws Exception {
        running = false;
        engine.stop();
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        for (ExecutorService threads : new @Nullable ExecutorService[] {routes, announcements}) {
            if (threads != null) {
                executors.shutdownGraceful(threads, STOP_WITHIN.toMillis());
            }
        }
        super.doStop();
    }

    private void carry(Delivery delivery, Consumer<Outcome> then) {
        boolean waits = delivery.kind() == Kind.CRM || delivery.kind() == Kind.SCORING;
        if (waits && routes != null) {
            routes.execute(() -> route(delivery, then));
        } else {
            route(delivery, then);
        }
    }

    private void route(Delivery delivery, Consumer<Outcome> then) {
        Exchange exchange = createExchange(false);
        exchange.setProperty("delivery", delivery);
        exchange.setProperty("kind", delivery.kind().word());
        exchange.setProperty("tenant", delivery.tenant());
        exchange.setProperty("deadline", Deadline.in(WITHIN, Clock.systemUTC()));
        exchange.getIn().setBody(delivery.event());
        getAsyncProcessor().process(exchange, sync -> {
            Outcome outcome = outcome(exchange, delivery);
            releaseExchange(exchange, false);
            then.accept(outcome);
        });
    }

    private static Outcome outcome(Exchange exchange, Delivery delivery) {
        Exception failure = exchange.getException();
        if (failure != null) {
            Outcome outcome = Outcome.of(failure);
            if (outcome.fault() == Fault.HUB) {
                log.error("delivery.route.failed {}", delivery, failure);
            }
            return outcome;
        }
        return exchange.getMessage().getBody() instanceof Outcome outcome ? outcome : Outcome.delivered();
    }
}
