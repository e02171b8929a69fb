package org.caravox.live;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes do about one session: one after another, on threads that may wait. For the session's loop. */
final class RouteWork {

    private static final Logger log = LoggerFactory.getLogger(RouteWork.class);

    /** Ten minutes in all: a database that is away comes back. */
    private static final RetryConfig STORES = RetryConfig.custom()
            .maxAttempts(16)
            .intervalFunction(IntervalFunction.ofExponentialBackoff(500, 2, 60_000))
            .build();

    private final LiveRequest request;
    private final LiveSteps steps;
    private final Executor workers;
    private CompletableFuture<Void> before = CompletableFuture.completedFuture(null);

    RouteWork(LiveRequest request, LiveSteps steps, Executor workers) {
        this.request = request;
        this.steps = steps;
        this.workers = workers;
    }

    /** Tells of an utterance. */
    void uttered(Utterance utterance) {
        before = before.thenRunAsync(
                () -> {
                    try {
                        steps.uttered(request, utterance);
                    } catch (RuntimeException e) {
                        log.warn("live.route.failed session={} step=uttered", request.id(), e);
                    }
                },
                workers);
    }

    /** Does something else, when all that was told before is done. */
    CompletableFuture<Void> after(Runnable what) {
        return before.thenRunAsync(what, workers);
    }

    /**
     * Stores what remains of the session; while that is not possible it is tried again, for minutes.
     *
     * @param waits told, on any thread, whenever it has to be tried again
     */
    CompletionStage<Transcript> ended(LiveRecord record, ScheduledExecutorService loop, Consumer<Throwable> waits) {
        Retry retry = Retry.of("live", STORES);
        retry.getEventPublisher().onRetry(again -> {
            Throwable why = again.getLastThrowable();
            log.error("live.transcript.waits session={}", request.id(), why);
            waits.accept(why);
        });
        return retry.executeCompletionStage(loop, () -> before.thenApplyAsync(done -> steps.ended(record), workers));
    }
}
