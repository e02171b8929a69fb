package org.caravox.calls;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.caravox.calls.CallEnd.By;
import org.caravox.calls.CallEnd.Cause;
import org.caravox.calls.Gather.Gathered;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.LegListener.Ended;
import org.caravox.recordings.RecordingSource;
import org.caravox.recordings.RecordingSource.Kind;
import org.caravox.requests.HangUp;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that is going on, and all that a route can have done with it. Methods may be called from any thread and do not block;
 * what takes time is told by the stage that they return, which fails with {@link CallEnded} when the call ends first.
 */
public final class Call {

    private static final Logger log = LoggerFactory.getLogger(Call.class);

    /**
     * What is said, and by whom.
     *
     * @param text     plain text
     * @param language BCP 47 tag; null is the voice's own
     * @param provider null is the chain's choice
     * @param voice    null is the provider's default
     * @param speed    1 is normal; null is too
     */
    public record Speaking(
            String text,
            @Nullable String language,
            @Nullable String provider,
            @Nullable String voice,
            @Nullable Double speed) {}

    /**
     * Whom to join with.
     *
     * @param to       number or address
     * @param trunk    null is the call's own
     * @param from     what to show; null is the number that rings
     * @param within   how long it may ring
     * @param briefing what is said to them before they are joined; null is nothing
     */
    public record Joining(
            String to, @Nullable String trunk, @Nullable String from, Duration within, @Nullable Speaking briefing) {}

    /**
     * What came of it.
     *
     * @param answered whether they answered
     * @param status   the SIP status when they did not; 0 when they did
     * @param reason   in words
     * @param talked   how long both were joined
     */
    public record Joined(boolean answered, int status, String reason, Duration talked) {}

    /** Hears what the party says and presses, on the loop of its audio. */
    public interface Ear {

        /** 20 ms of signed 16-bit little-endian PCM at the rate of {@link MediaLeg#sampleRateHz}. */
        void heard(byte[] pcm);

        void pressed(char digit);
    }

    private record Hearing(Party.Ear ear, Party.Keys keys) {}

    private final Map<Ear, Hearing> hearings = new ConcurrentHashMap<>();
    private final CallRequest request;
    private final CallOutside outside;
    private final Party party;
    private final HangUp gone = new HangUp();
    private final CompletableFuture<CallEnd> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable CallEnd> ownEnd = new AtomicReference<>();
    private final Set<UUID> asked = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean streamed = new AtomicBoolean();
    private final Set<Recording> taps = ConcurrentHashMap.newKeySet();
    private final Saying saying;
    private final Others others;
    private final @Nullable Queueing queueing;

    private volatile @Nullable Listening listening;
    private volatile @Nullable Recording recording;
    private volatile @Nullable Instant answeredAt;
    private volatile @Nullable MediaStats lastStats;
    private CompletableFuture<Void> records = CompletableFuture.completedFuture(null);

    /**
     * A call that begins.
     *
     * @param waiting for a place; null of a call that has one
     * @param media   who carries the audio of the party
     */
    Call(CallRequest request, CallOutside outside, @Nullable Waiting waiting, MediaEngine media) {
        this.request = request;
        this.outside = outside;
        this.party = new Party(media, outside.wishes().apply(request.trunk()));
        this.saying = new Saying(this, outside);
        this.others = new Others(this, outside, saying);
        this.queueing = waiting == null ? null : new Queueing(this, waiting, outside, saying);
        party.onEnd(this::over);
        party.onSilence(() -> hangUp(new CallEnd(By.NETWORK, Cause.NO_MEDIA, 0, "no audio came any more")));
        var unused = party.whenAnswered().thenRun(this::wasAnswered);
    }

    public CallRequest request() {
        return request;
    }

    Party party() {
        return party;
    }

    /** The audio of the party; empty before it is answered or there is early media. */
    public Optional<MediaLeg> audio() {
        return party.lines().stream().findFirst();
    }

    /** Done when the call is over and no route can do anything more with it. */
    public CompletableFuture<CallEnd> whenEnded() {
        return ended;
    }

    /** When it was answered; empty before. */
    public Optional<Instant> answeredAt() {
        return Optional.ofNullable(answeredAt);
    }

    /** Whether it was answered. */
    public boolean isAnswered() {
        return answeredAt != null;
    }

    /** What is not worth going on with when the call is over. */
    public HangUp gone() {
        return gone;
    }

    /** The id of the next live stream of this call: the call's own, and another for each that follows. */
    public UUID nextStream() {
        if (streamed.compareAndSet(false, true)) {
            return request.id();
        }
        UUID id = RequestIds.next();
        asks(id);
        return id;
    }

    /** A request to a provider that was made for this call: its cost is the call's. */
    public void asks(UUID id) {
        asked.add(id);
    }

    // ---- its beginning
    // --------------------------------------------------------------------------------------------------

    /** 180: it rings. */
    public void ring() {
        check();
        party.signal().ring();
    }

    /** 183: what is played from now on is heard before the answer. */
    public void progress() {
        check();
        agree(() -> party.signal().progress(party.agreement()));
    }

    /** 200. Done when it is confirmed; a call that is answered already is. */
    public CompletionStage<Void> answer() {
        check();
        if (answeredAt == null) {
            agree(() -> party.signal().answer(party.agreement()));
        }
        return party.whenAnswered();
    }

    @FunctionalInterface
    private interface Agreement {
        void make() throws NoCommonCodec;
    }

    private void agree(Agreement agreement) {
        try {
            agreement.make();
        } catch (NoCommonCodec e) {
            outside.metrics().refused("codec");
            decline(488, e.getMessage() == null ? "Not Acceptable Here" : e.getMessage(), null);
            throw new CallEnded(String.valueOf(e.getMessage()));
        }
    }

    /** Refuses it. */
    public void decline(int status, String reason, @Nullable Duration retryAfter) {
        party.signal().decline(status, reason, retryAfter, null);
    }

    // ---- its time in a queue
    // ---------------------------------------------------------------------------------------------

    /** The wait begins, if there is one to be. */
    void queue() {
        if (queueing != null) {
            queueing.begin();
        }
    }

    /** Whether it waits for a place. */
    public boolean isWaiting() {
        return queueing != null && queueing.goesOn();
    }

    /** Whether it has a place: it never had to wait, or it waited and got one. */
    public boolean isPlaced() {
        return queueing == null || queueing.isPlaced();
    }

    /**
     * The queue that it waits in, or waited in.
     *
     * @throws IllegalStateException when it never did
     */
    public CallSettings.Queue queued() {
        return waited().queue();
    }

    /** What they are told who wait. */
    public String announcement() {
        return waited().announcement();
    }

    private Queueing waited() {
        if (queueing == null) {
            throw new IllegalStateException("this call has a place, and never waited for one");
        }
        return queueing;
    }

    /**
     * Waits for a place. Done when there is one, when the wait was too long, or after a time.
     *
     * @param time  null is as its queue says
     * @param music what is played meanwhile, over and over; null is nothing
     */
    public CompletionStage<Void> awaitPlace(@Nullable Duration time, @Nullable String music) {
        check();
        return queueing == null ? CompletableFuture.completedStage(null) : queueing.await(time, music);
    }

    // ---- its audio
    // -------------------------------------------------------------------------------------------------------

    private void wasAnswered() {
        answeredAt = outside.clock().instant();
        record(() -> outside.log().answered(request, outside.clock().instant()));
        if (!isWaiting()) {
            limit();
        }
    }

    /** The longest time of a call begins; that in a queue does not count. */
    void limit() {
        var unused = party.audio()
                .loop()
                .schedule(
                        () -> hangUp(new CallEnd(By.HUB, Cause.TOO_LONG, 0, "the call took too long")),
                        outside.settings().longest().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Done with the reason when the dialog is over; {@link #whenEnded} is later. */
    public CompletionStage<String> whenOver() {
        return party.whenEnded().thenApply(Ended::reason);
    }

    /** From now on somebody hears what the party says and presses; of several lines, the first. */
    public void hear(Ear ear) {
        Hearing hearing = new Hearing(
                (line, pcm) -> {
                    if (line == 0) {
                        ear.heard(pcm);
                    }
                },
                digit -> party.audio().loop().execute(() -> ear.pressed(digit)));
        hearings.put(ear, hearing);
        party.hear(hearing.ear());
        party.watch(hearing.keys());
    }

    /** Ends {@link #hear}. */
    public void hearNoMore(Ear ear) {
        Hearing hearing = hearings.remove(ear);
        if (hearing != null) {
            party.hearNoMore(hearing.ear());
            party.watchNoMore(hearing.keys());
        }
    }

    // ---- what the party hears
    // ---------------------------------------------------------------------------------------------

    /** Says something. Done when it was heard to its end (true) or was interrupted (false). */
    public CompletionStage<Boolean> say(Speaking speaking) {
        return play(saying.speech(speaking));
    }

    /** Plays a recording, so many times. */
    public CompletionStage<Boolean> play(String source, int times) {
        CompletionStage<Boolean> once = play(saying.sound(source));
        return times <= 1
                ? once
                : once.thenCompose(heard -> heard ? play(source, times - 1) : CompletableFuture.completedStage(false));
    }

    private CompletionStage<Boolean> play(Playing.Source source) {
        check();
        return saying.begin(party, source).done().thenApply(heard -> {
            check();
            return heard;
        });
    }

    /** Stops what is said or played. */
    public void quiet() {
        saying.quiet();
    }

    /** Done when all that is queued now was heard (true), or was thrown away (false). */
    public CompletionStage<Boolean> mark() {
        check();
        return party.played();
    }

    /** Presses keys; done when the last was let go (true), or they were thrown away (false). */
    public CompletionStage<Boolean> press(String digits, Duration each) {
        check();
        party.audio().press(digits, each);
        return party.played();
    }

    // ---- what the party says
    // ----------------------------------------------------------------------------------------------

    /** Has what they say written down, from now on and once a call. Done when somebody listens. */
    public CompletionStage<Void> listen(
            @Nullable String language, @Nullable String provider, @Nullable String model, boolean both) {
        check();
        return listening(new Listening.Wish(language, provider, model, both))
                .whenOpen()
                .thenAccept(open -> {});
    }

    private Listening listening(Listening.Wish wish) {
        synchronized (hearings) {
            Listening known = listening;
            if (known == null) {
                known = Listening.begin(
                        this, party, wish, outside.live(), outside.clock().instant());
                listening = known;
            }
            if (party.whenEnded().isDone()) {
                var unused = known.end();
            }
            return known;
        }
    }

    /** Asks them for words or keys, while something is said to them; null is nothing. */
    public CompletionStage<Gathered> gather(Gather wish, @Nullable Speaking prompt) {
        check();
        Listening words = wish.speech() ? listening(new Listening.Wish(wish.language(), null, null, false)) : null;
        return new Gathering(party, wish, words, prompt == null ? null : saying.begin(party, saying.speech(prompt)))
                .begin();
    }

    /**
     * Records both sides, from now on and once a call.
     *
     * @param consent what is said to the party before; null is what the tenant's settings say, or nothing
     */
    public CompletionStage<Void> recordAudio(@Nullable Speaking consent) {
        check();
        Speaking announced = consent == null ? usualConsent() : consent;
        CompletionStage<Boolean> told = announced == null ? CompletableFuture.completedStage(true) : say(announced);
        return told.thenAccept(heard -> beginRecording());
    }

    private @Nullable Speaking usualConsent() {
        String text = outside.settings().consents().get(request.tenant());
        return text == null ? null : new Speaking(text, null, null, null, null);
    }

    private synchronized void beginRecording() {
        check();
        Recording known = recording;
        if (known == null) {
            RecordingSource source = new RecordingSource(request.tenant(), Kind.CALL, request.id(), request.userId());
            known = Recording.begin(party, outside.recorders().begin(source, Recording.form(party)));
            recording = known;
        }
        if (party.whenEnded().isDone()) {
            known.end();
        }
    }

    /**
     * Somebody listens in, who is not heard; whoever takes this closes it.
     *
     * @param closed done when they listen no more, perhaps more than once
     * @throws Refusal CONFLICT when there is nothing to be heard yet
     */
    Tap listenIn(Runnable closed) {
        if (answeredAt == null) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT, "call " + request.id() + " has no audio yet: it has not been answered");
        }
        AtomicReference<@Nullable Recording> own = new AtomicReference<>();
        Tap tap = new Tap(Recording.form(party), () -> {
            Recording ended = own.getAndSet(null);
            if (ended != null) {
                taps.remove(ended);
                ended.end();
            }
            closed.run();
        });
        Recording fresh = Recording.begin(party, tap.recorder());
        own.set(fresh);
        taps.add(fresh);
        if (party.whenEnded().isDone()) {
            fresh.end();
        }
        return tap;
    }

    // ---- others
    // ----------------------------------------------------------------------------------------------------------

    /** Holds them, or takes them back. */
    public CompletionStage<Void> hold(boolean on) {
        check();
        return party.hold(on);
    }

    /** Rings somebody and joins both; done when one of them hangs up. The call goes on when it was the other. */
    public CompletionStage<Joined> join(Joining joining) {
        check();
        return others.join(joining, () -> listening);
    }

    /**
     * Has the caller's own side ring somebody else (REFER). Done when they have answered there; then this call is over. When
     * that is refused, or they do not answer, it goes on.
     */
    public CompletionStage<Joined> transfer(String to, Duration within) {
        check();
        return others.transfer(to, within);
    }

    /**
     * Rings somebody, tells them what it is about, and has the caller's own side take the place of this hub with them (REFER with
     * Replaces). Done when that is so; then this call is over. When they do not answer it goes on.
     */
    public CompletionStage<Joined> transferAttended(Joining joining) {
        check();
        return others.transferAttended(joining);
    }

    // ---- its end
    // ---------------------------------------------------------------------------------------------------------

    /** Done after so long, zero is never, unless the call ends before. */
    public CompletionStage<Void> stay(Duration time) {
        check();
        CompletableFuture<Void> done = new CompletableFuture<>();
        party.onEnd(over -> done.completeExceptionally(new CallEnded(over.reason())));
        if (!time.isZero()) {
            var unused =
                    party.audio().loop().schedule(() -> done.complete(null), time.toMillis(), TimeUnit.MILLISECONDS);
        }
        return done;
    }

    /** Has an agent talk with the party: the one that is named, or the one of the number that was rung. */
    public CompletionStage<Agents.Conversed> converse(@Nullable String agent) {
        check();
        String name = agent == null ? request.agent() : agent;
        if (name == null) {
            throw new IllegalArgumentException("nobody is to talk: sip:converse names no agent, nor does the number "
                    + request.to() + " in caravox.calls.numbers");
        }
        return outside.agents().converse(this, name);
    }

    /** Hangs up; declines what was not answered. */
    public void hangUp(String reason) {
        hangUp(new CallEnd(By.HUB, Cause.HUNG_UP, 0, reason));
    }

    void hangUp(CallEnd why) {
        if (!party.whenEnded().isDone() && ownEnd.compareAndSet(null, why)) {
            party.signal().hangUp(why.reason());
        }
    }

    private void over(Ended how) {
        gone.hangUp();
        others.hangUp();
        CallEnd end = end(how);
        Instant now = outside.clock().instant();
        audio().ifPresent(audio -> {
            lastStats = audio.stats();
            outside.metrics().heard(audio.stats());
        });
        party.close();
        Recording kept = recording;
        if (kept != null) {
            kept.end();
        }
        taps.forEach(Recording::end);
        Listening words = listening;
        CompletionStage<Void> heard = words == null ? CompletableFuture.completedStage(null) : words.end();
        outside.metrics().ended(request.direction(), end, talked(now));
        log.info(
                "call.ended call={} tenant={} cause={} by={} status={} reason=\"{}\"",
                request.id(),
                request.tenant(),
                end.cause().word(),
                end.by().word(),
                end.status(),
                end.reason());
        var unused = heard.whenComplete((nothing, why) -> {
            record(() -> outside.log().ended(request, end, now, Optional.ofNullable(lastStats), asked));
            record(() -> ended.complete(end)); // after what was written before
        });
    }

    private CallEnd end(Ended how) {
        CallEnd own = ownEnd.get();
        boolean answered = answeredAt != null;
        CallEnd end = own != null && answered ? own : CallEnd.of(how, answered);
        return queueing == null ? end : queueing.over(end, how.reason());
    }

    /** From the answer, or from their place in the queue. */
    private Duration talked(Instant now) {
        Instant answered = answeredAt;
        if (answered == null) {
            return Duration.ZERO;
        }
        Instant since = queueing == null ? answered : queueing.placed(answered);
        return since == null ? Duration.ZERO : Duration.between(since, now);
    }

    /** @throws CallEnded when it is over */
    void check() {
        if (party.whenEnded().isDone()) {
            throw new CallEnded(party.whenEnded().join().reason());
        }
    }

    /** What is written of a call is written in order. */
    synchronized void record(Runnable what) {
        records = records.thenRunAsync(what, outside.records()).exceptionally(why -> {
            log.error("call.record.failed call={}", request.id(), why);
            return null;
        });
    }
}
