package org.caravox.calls;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time that a call spends in a queue: what is written of it, and what its caller hears meanwhile. */
final class Queueing {

    private static final Logger log = LoggerFactory.getLogger(Queueing.class);
    private static final Duration SHORTEST_MUSIC = Duration.ofSeconds(1);

    private final Call call;
    private final Waiting waiting;
    private final CallOutside outside;
    private final Saying saying;
    private volatile @Nullable Instant placedAt;

    /** Done when the wait is over and all that belongs to it has ended. */
    private volatile CompletableFuture<Boolean> over = CompletableFuture.completedFuture(true);

    Queueing(Call call, Waiting waiting, CallOutside outside, Saying saying) {
        this.call = call;
        this.waiting = waiting;
        this.outside = outside;
        this.saying = saying;
    }

    /** The wait begins. */
    void begin() {
        call.record(() -> outside.log().queued(call.request(), waiting.since()));
        over = waiting.turn().whenComplete((placed, why) -> ended());
        waiting.begin();
    }

    private void ended() {
        Instant now = outside.clock().instant();
        boolean placed = waiting.isPlaced();
        outside.metrics()
                .waited(
                        placed ? "placed" : waiting.wasTooLong() ? "too_long" : "left",
                        Duration.between(waiting.since(), now));
        if (placed) {
            placedAt = now;
        }
        if (placed || waiting.wasTooLong()) {
            call.record(() -> outside.log().unqueued(call.request(), waiting.since(), now, placed));
            saying.quiet();
            if (call.isAnswered()) {
                call.limit();
            }
        }
    }

    /** Whether it waits. */
    boolean goesOn() {
        return waiting.goesOn();
    }

    /** Whether it got a place. */
    boolean isPlaced() {
        return waiting.isPlaced();
    }

    CallSettings.Queue queue() {
        return waiting.queue();
    }

    /** What its caller is told. */
    String announcement() {
        return waiting.announcement();
    }

    /**
     * When it had both a place and an answer; null before it got a place.
     *
     * @param answered when it was answered
     */
    @Nullable
    Instant placed(Instant answered) {
        Instant placed = placedAt;
        return placed == null || placed.isAfter(answered) ? placed : answered;
    }

    /**
     * The call is over.
     *
     * @param end    how, for one that has a place
     * @param reason in words
     * @return how it ended
     */
    CallEnd over(CallEnd end, String reason) {
        if (waiting.isPlaced()) {
            return end;
        }
        boolean tooLong = waiting.wasTooLong();
        waiting.turn().completeExceptionally(new CallEnded(reason));
        return waiting.isPlaced() ? end : end.inQueue(tooLong);
    }

    /** {@link Call#awaitPlace}. */
    CompletionStage<Void> await(@Nullable Duration time, @Nullable String music) {
        if (!waiting.goesOn()) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Void> done = over.thenAccept(placed -> {});
        Duration longest = time == null ? waiting.queue().every() : time;
        var unused = done.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS);
        if (music == null) {
            return done;
        }
        AtomicReference<@Nullable Playing> heard = new AtomicReference<>();
        accompany(music, done, heard);
        return done.whenComplete((nothing, why) -> stop(heard.get())); // before the route says something else
    }

    private static void stop(@Nullable Playing playing) {
        if (playing != null) {
            playing.stop();
        }
    }

    private void accompany(String music, CompletableFuture<Void> until, AtomicReference<@Nullable Playing> playing) {
        Instant begun = outside.clock().instant();
        Playing fresh = saying.begin(call.party(), saying.sound(music));
        playing.set(fresh);
        if (until.isDone()) {
            fresh.stop();
        }
        var unused = fresh.done().whenComplete((heard, why) -> {
            if (why != null) {
                log.warn(
                        "call.queue.music call={} source={} reason=\"{}\"",
                        call.request().id(),
                        music,
                        why.getMessage());
            } else if (heard && !until.isDone() && outside.clock().instant().isAfter(begun.plus(SHORTEST_MUSIC))) {
                accompany(music, until, playing);
            }
        });
    }
}
