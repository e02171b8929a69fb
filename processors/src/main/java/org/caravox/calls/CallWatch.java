package org.caravox.calls;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that the calls of this hub go on, and ends the records of those whose hub is gone. */
public final class CallWatch {

    private static final Logger log = LoggerFactory.getLogger(CallWatch.class);

    private final Calls calls;
    private final CallLog records;

    public CallWatch(Calls calls, CallLog records) {
        this.calls = calls;
        this.records = records;
    }

    /** To be called more often than every minute. */
    public void look() {
        records.alive(calls.ids());
        int lost = records.endLost();
        if (lost > 0) {
            log.warn("call.lost count={} reason=\"their hub is gone\"", lost);
        }
    }
}
