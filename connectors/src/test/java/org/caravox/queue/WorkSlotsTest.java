package org.caravox.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultUnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** A worker works on as many jobs as it has slots, whatever becomes of them. */
class WorkSlotsTest {

    private final CamelContext camel = new DefaultCamelContext();
    private final WorkSlots slots = new WorkSlots(1);

    private Exchange job() {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getExchangeExtension().setUnitOfWork(new DefaultUnitOfWork(exchange));
        return exchange;
    }

    private CompletableFuture<Void> takeElsewhere(Exchange exchange) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Thread other = new Thread(() -> {
            try {
                slots.take(exchange);
                taken.complete(null);
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        other.setDaemon(true);
        other.start();
        return taken;
    }

    @Test
    void a_job_whose_work_is_done_makes_room_before_its_end_is_written() throws Exception {
        Exchange first = job();
        slots.take(first);
        CompletableFuture<Void> second = takeElsewhere(job());
        assertThat(timesOut(second)).isTrue();

        slots.giveBack(first);

        second.get(10, TimeUnit.SECONDS);
    }

    @Test
    void one_that_fails_makes_room_once() throws Exception {
        Exchange failed = job();
        slots.take(failed);
        slots.giveBack(failed);
        failed.getUnitOfWork().done(failed);

        takeElsewhere(job()).get(10, TimeUnit.SECONDS);

        assertThat(timesOut(takeElsewhere(job()))).as("a slot given back twice").isTrue();
    }

    private static boolean timesOut(CompletableFuture<Void> taking) throws Exception {
        try {
            taking.get(100, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        }
    }
}
