package org.caravox.live;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.caravox.providers.Answered;
import org.caravox.providers.Asked;
import org.caravox.providers.Chain;
import org.caravox.providers.Chain.Work;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;

/** Opens legs: asks the chain of live providers, on threads that may wait. */
public final class LiveLegs {

    private final Chain<LiveRequest, LiveTranscriber> chain;
    private final Executor openers;
    private final Clock clock;

    /** @param openers bounded, and they refuse what is too much */
    public LiveLegs(Chain<LiveRequest, LiveTranscriber> chain, Executor openers, Clock clock) {
        this.chain = chain;
        this.openers = openers;
        this.clock = clock;
    }

    /** The chain, for those who list its models. */
    public Chain<LiveRequest, LiveTranscriber> chain() {
        return chain;
    }

    /**
     * Opens a leg.
     *
     * @param whom   who is asked last, or not at all
     * @param within how long that may take
     * @param hangUp whether anybody still wants it
     * @return the leg, or what the chain threw
     */
    <T> CompletableFuture<Answered<T>> open(
            LiveRequest request, Asked whom, Duration within, HangUp hangUp, Work<LiveTranscriber, T> work) {
        CompletableFuture<Answered<T>> opened = new CompletableFuture<>();
        try {
            openers.execute(() -> open(request, whom, within, hangUp, work, opened));
        } catch (RejectedExecutionException e) {
            opened.completeExceptionally(new Refusal(
                    Refusal.Reason.OVERLOADED,
                    "too many streams are being opened at once, try again",
                    Duration.ofSeconds(1),
                    e));
        }
        return opened;
    }

    private <T> void open(
            LiveRequest request,
            Asked whom,
            Duration within,
            HangUp hangUp,
            Work<LiveTranscriber, T> work,
            CompletableFuture<Answered<T>> opened) {
        try {
            opened.complete(chain.open(request, new Patience(Deadline.in(within, clock), hangUp), whom, work));
        } catch (RuntimeException e) {
            opened.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            opened.completeExceptionally(new CompletionException("the hub is stopping", e));
        }
    }
}
