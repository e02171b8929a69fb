package org.caravox.routes.seen;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/** A step that is looked at. One that goes on in another thread ends when that says so. */
final class SeenStep extends DelegateAsyncProcessor {

    private final Place place;
    private final StepCount count;
    private final SeenSteps seen;

    SeenStep(Processor step, Place place, StepCount count, SeenSteps seen) {
        super(step);
        this.place = place;
        this.count = count;
        this.seen = seen;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Trail trail = seen.trail(exchange, place);
        Trail.Step visit = trail == null ? null : trail.step(place);
        long began = visit == null ? System.nanoTime() : visit.began();
        count.begin();
        return super.process(exchange, sync -> {
            end(exchange, trail, visit, System.nanoTime() - began);
            callback.done(sync);
        });
    }

    private void end(Exchange exchange, @Nullable Trail trail, Trail.@Nullable Step visit, long took) {
        Throwable thrown = exchange.getException();
        boolean failure = thrown != null && seen.isFailure(thrown);
        count.end(took, failure);
        if (visit != null) {
            visit.end(took, thrown);
        }
        if (thrown != null && failure) {
            seen.failed(exchange, place, trail, thrown);
        }
    }
}
