package org.caravox.calls;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.caravox.calls.Call.Joined;
import org.caravox.calls.Call.Joining;
import org.caravox.calls.Call.Speaking;
import org.caravox.calls.CallEnd.By;
import org.caravox.calls.CallEnd.Cause;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those with whom a call is joined, or to whom it is handed over. */
final class Others {

    private static final Logger log = LoggerFactory.getLogger(Others.class);

    private final Call call;
    private final CallOutside outside;
    private final Saying saying;
    private volatile @Nullable Party other;

    Others(Call call, CallOutside outside, Saying saying) {
        this.call = call;
        this.outside = outside;
        this.saying = saying;
    }

    /** The call is over: whoever was joined with it, or is rung for it, hangs up too. */
    void hangUp() {
        Party joined = other;
        if (joined != null) {
            joined.signal().hangUp("the other side hung up");
        }
    }

    /**
     * {@link Call#join}.
     *
     * @param words where what is said is written down, then; null is nowhere
     */
    CompletionStage<Joined> join(Joining joining, Supplier<@Nullable Listening> words) {
        Party fresh = ring(joining);
        SignalLeg leg = fresh.signal();
        CompletableFuture<Joined> done = new CompletableFuture<>();
        AtomicReference<@Nullable Instant> joined = new AtomicReference<>();
        fresh.whenAnswered()
                .thenCompose(answered -> brief(fresh, joining.briefing()))
                .thenRun(() -> {
                    joined.set(outside.clock().instant());
                    Listening known = words.get();
                    if (known != null) {
                        fresh.hear(known.second());
                    }
                    call.party().join(fresh);
                })
                .exceptionally(why -> {
                    leg.hangUp("could not be joined");
                    return null;
                });
        fresh.onEnd(over -> {
            part();
            fresh.close();
            other = null;
            Instant since = joined.get();
            done.complete(new Joined(
                    since != null,
                    over.status(),
                    over.reason(),
                    since == null
                            ? Duration.ZERO
                            : Duration.between(since, outside.clock().instant())));
        });
        return done.thenApply(what -> {
            call.check();
            return what;
        });
    }

    private Party ring(Joining joining) {
        if (outside.settings().isEmergency(joining.to())) {
            throw Refusal.invalid("emergency services are not called by a machine");
        }
        String trunk = trunk(joining);
        Party fresh = new Party(outside.media(), outside.wishes().apply(trunk));
        SignalLeg leg;
        try {
            leg = outside.signalling()
                    .dial(
                            new Dial(
                                    joining.to(),
                                    joining.from() == null ? call.request().from() : joining.from(),
                                    call.request().fromName(),
                                    trunk,
                                    fresh.offer(),
                                    Map.of(),
                                    joining.within(),
                                    null),
                            fresh);
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
        fresh.signal(leg);
        fresh.onSilence(() -> leg.hangUp("no audio came any more"));
        other = fresh;
        call.party().onEnd(over -> leg.hangUp("the other side hung up"));
        return fresh;
    }

    /** A full address is rung as it is; a number on the call's own trunk, when no other is named. */
    private @Nullable String trunk(Joining joining) {
        boolean isAddress =
                joining.to().regionMatches(true, 0, "sip", 0, 3) && joining.to().contains("@");
        return joining.trunk() == null && !isAddress ? call.request().trunk() : joining.trunk();
    }

    private CompletionStage<Boolean> brief(Party who, @Nullable Speaking briefing) {
        return briefing == null
                ? CompletableFuture.completedStage(true)
                : saying.begin(who, saying.speech(briefing)).done();
    }

    private void part() {
        try {
            call.party().part();
        } catch (CallEnded e) {
            log.debug("call.part call={}", call.request().id(), e);
        }
    }

    /** {@link Call#transfer}. */
    CompletionStage<Joined> transfer(String to, Duration within) {
        return call.party().signal().refer(to, null, status -> {}, within).handle((referred, why) -> {
            if (why == null) {
                call.hangUp(new CallEnd(By.HUB, Cause.TRANSFERRED, 0, "transferred"));
                return new Joined(true, 0, "", Duration.ZERO);
            }
            return notTransferred(why);
        });
    }

    private static Joined notTransferred(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        if (cause instanceof SignalFailure refused) {
            return new Joined(false, refused.status(), String.valueOf(refused.getMessage()), Duration.ZERO);
        }
        throw new CompletionException(cause);
    }

    /** {@link Call#transferAttended}. */
    CompletionStage<Joined> transferAttended(Joining joining) {
        Party fresh = ring(joining);
        CompletableFuture<Joined> done = new CompletableFuture<>();
        var unused = fresh.whenAnswered()
                .thenCompose(answered -> brief(fresh, joining.briefing()))
                .thenCompose(heard ->
                        call.party().signal().refer(joining.to(), fresh.signal(), status -> {}, joining.within()))
                .whenComplete((referred, why) -> {
                    boolean well = why == null;
                    fresh.signal().hangUp(well ? "transferred" : "could not be transferred");
                    done.complete(new Joined(well, status(fresh), reason(fresh, why), Duration.ZERO));
                    if (well) {
                        call.hangUp(new CallEnd(By.HUB, Cause.TRANSFERRED, 0, "transferred"));
                    }
                });
        fresh.onEnd(over -> {
            fresh.close();
            other = null;
        });
        return done;
    }

    private static int status(Party party) {
        return party.whenEnded().isDone() ? party.whenEnded().join().status() : 0;
    }

    private static String reason(Party party, @Nullable Throwable why) {
        if (party.whenEnded().isDone()) {
            return party.whenEnded().join().reason();
        }
        return why == null ? "" : String.valueOf(why.getMessage());
    }
}
