package org.caravox.jobs;

import java.util.List;

/**
 * What the database holds and a broker is still to get. It is handed over at least once: whatever crashes between the
 * broker's confirmation and the commit is handed over again, and its receivers know it by its id.
 *
 * @param <T> what is handed over
 */
public interface Outbox<T> {

    /** Hands it to the broker; returns once the broker has confirmed all of it. */
    @FunctionalInterface
    interface Sender<T> {

        /**
         * Sends.
         *
         * @throws Exception when any of it may not have arrived: all of it stays in the outbox
         */
        void send(List<T> batch) throws Exception;
    }

    /**
     * Hands over what is due, up to some hundreds, while nobody else does.
     *
     * @return how many were handed over; 0 when nothing is due, or another hub is at it
     */
    int relay(Sender<T> sender) throws Exception;
}
