package org.caravox.usage;

import java.util.concurrent.atomic.AtomicBoolean;
import org.caravox.providers.Request;
import org.caravox.providers.Use;

/** One request that is being measured; it ends once, however often it is told to. */
public final class Metered {

    private final Meter meter;
    private final Request request;
    private final Use use;
    private final boolean reserved;
    private final AtomicBoolean ended = new AtomicBoolean();

    Metered(Meter meter, Request request, Use use, boolean reserved) {
        this.meter = meter;
        this.request = request;
        this.use = use;
        this.reserved = reserved;
    }

    /** It was answered, whole or in part: that is written down, and the rest of its reservation is free. */
    public void end(String provider, String model, Consumed consumed) {
        if (ended.compareAndSet(false, true)) {
            meter.ended(request, use, provider, model, consumed);
        }
    }

    /** Nothing was delivered: it costs nothing. */
    public void release() {
        if (ended.compareAndSet(false, true) && reserved) {
            meter.released(request, use);
        }
    }
}
