package org.caravox.queue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * How many jobs a worker works on at a time. It has some consumers more than slots: while jobs are begun and their ends
 * written, which takes the database some milliseconds, the slots are others'.
 */
public final class WorkSlots {

    private static final String SLOT = "slot";

    private final Semaphore free;

    /** @param slots how many there are, 1 or more */
    public WorkSlots(int slots) {
        free = new Semaphore(slots, true);
    }

    /** Waits for a slot. It is given back at the latest when the exchange is done. */
    public void take(Exchange exchange) throws InterruptedException {
        free.acquire();
        exchange.setProperty(SLOT, new AtomicBoolean(true));
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                giveBack(done);
            }
        });
    }

    /** Gives the slot of an exchange back, once. */
    public void giveBack(Exchange exchange) {
        if (exchange.getProperty(SLOT, AtomicBoolean.class).getAndSet(false)) {
            free.release();
        }
    }
}
