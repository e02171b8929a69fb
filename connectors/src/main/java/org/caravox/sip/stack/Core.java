package org.caravox.sip.stack;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;

/**
 * What all of the stack works with.
 *
 * @param pool  of few threads, with a bounded queue
 * @param legs  dialogs that are open
 */
record Core(SipSettings settings, Wire wire, Timers timers, Trunks trunks, Legs legs, Meters meters, Executor pool) {

    /** Does one thing after another. */
    Executor line() {
        return MoreExecutors.newSequentialExecutor(pool);
    }
}
