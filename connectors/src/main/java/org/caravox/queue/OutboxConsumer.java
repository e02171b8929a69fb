package org.caravox.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.caravox.jobs.Outbox;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Empties an outbox: at once when the bell rings, soon again while there is something, and now and then anyway. */
final class OutboxConsumer<T> extends DefaultConsumer {

    private static final Logger log = LoggerFactory.getLogger(OutboxConsumer.class);
    private static final Duration SOON = Duration.ofMillis(25);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final Outbox<T> outbox;
    private final Bell bell;
    /** Nobody rings it: what comes within a moment is handed over together. */
    private final Bell collecting = new Bell();

    private volatile boolean running;
    private @Nullable ExecutorService thread;

    OutboxConsumer(OutboxEndpoint endpoint, Processor processor, String name, Outbox<T> outbox, Bell bell) {
        super(endpoint, processor);
        this.name = name;
        this.outbox = outbox;
        this.bell = bell;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = true;
        thread = getEndpoint()
                .getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, name + "-relay");
        thread.execute(this::relay);
    }

    @Override
    protected void doStop() throws Exception {
        running = false;
        bell.ring();
        if (thread != null) {
            getEndpoint()
                    .getCamelContext()
                    .getExecutorServiceManager()
                    .shutdownGraceful(thread, STOP_WITHIN.toMillis());
        }
        super.doStop();
    }

    private void relay() {
        String told = "";
        while (running) {
            long heard = bell.rings();
            try {
                try {
                    boolean more = outbox.relay(this::send) > 0;
                    told = "";
                    if (more) {
                        collecting.await(0, SOON);
                    } else {
                        bell.await(heard, IDLE);
                    }
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception | Error e) {
                    told = tell(e, told);
                    bell.await(heard, AFTER_FAILURE);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The same failure again and again is told once. */
    private String tell(Throwable failure, String told) {
        String now = String.valueOf(failure.getMessage());
        if (!now.equals(told) && running) {
            log.warn("outbox.failed outbox={} reason=\"{}\": what was due stays and is tried again", name, now);
        }
        return now;
    }

    private void send(List<T> batch) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(batch);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
