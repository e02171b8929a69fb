package org.caravox.live;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.caravox.live.LiveEvent.ProviderChanged;
import org.caravox.live.LiveFault.Why;
import org.caravox.providers.Answered;
import org.caravox.providers.Asked;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.requests.HangUp;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears a session: one provider after another, and perhaps one that is held ready. Whoever takes over is given the
 * audio whose words are not settled. For the session's loop, unless a method says otherwise.
 */
final class LiveRuns {

    /** What the session does about it. */
    interface Listener {

        /** Somebody listens, for the first time. */
        void began();

        /** Nobody ever did: what the chain threw. */
        void notBegun(Throwable why);

        /** All was heard, after {@link LiveRuns#end()}. */
        void ended();

        /** Nobody can go on. */
        void failed(LiveFault why);
    }

    private static final Logger log = LoggerFactory.getLogger(LiveRuns.class);
    private static final Duration RETRY = Duration.ofMillis(250);

    /** After how long a second provider is looked for again, where there was none. */
    private static final Duration WARM_RETRY = Duration.ofSeconds(10);

    /** After so many fail-overs a session waits before the next. */
    private static final int FEW = 3;

    /** A provider that failed later than this after it began may be asked first again. */
    private static final Duration LIVED = Duration.ofSeconds(10);

    private final LiveRequest request;
    private final LiveOutside outside;
    private final LiveSettings settings;
    private final Loop loop;
    private final Positions positions;
    private final AudioTrail trail;
    private final LiveWords words;
    private final Telling telling;
    private final BackPressure pressure;
    private final Listener listener;
    private final Settles settles;
    private final HangUp gone = new HangUp();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();
    private final Set<String> rejected = new LinkedHashSet<>();
    private @Nullable LiveRun run;
    private @Nullable LiveRun standby;
    private @Nullable Hearer last;
    private String language = "und";
    private boolean standbyOpening;
    private long standbyNotBefore;
    private boolean begun;
    private boolean ending;
    private boolean over;
    private int failOvers;
    private volatile @Nullable String provider;

    LiveRuns(
            LiveRequest request,
            LiveOutside outside,
            Loop loop,
            AudioTrail trail,
            LiveWords words,
            Telling telling,
            BackPressure pressure,
            Listener listener) {
        this.request = request;
        this.outside = outside;
        this.settings = outside.settings();
        this.loop = loop;
        this.positions = new Positions(request.audio());
        this.trail = trail;
        this.words = words;
        this.telling = telling;
        this.pressure = pressure;
        this.listener = listener;
        this.settles = new Settles(positions);
    }

    /** Who listens now; empty between two. From any thread. */
    Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** How often another provider took over. From any thread, roughly. */
    int failOvers() {
        return failOvers;
    }

    /** Who listened last; empty when nobody ever did. */
    Optional<Hearer> last() {
        return Optional.ofNullable(last);
    }

    /** In which language the last one hears, BCP 47. */
    String language() {
        return language;
    }

    /** What was asked for and not done, in sentences. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Up to where the client asked for words that it has not got. */
    List<Long> wished() {
        return settles.wished();
    }

    /** Goes on where another hub was. */
    void goOn(LiveHandover from) {
        begun = true;
        last = from.last();
        language = from.language();
        failOvers = from.failOvers();
        warnings.addAll(from.warnings());
        from.wished().forEach(settles::wish);
    }

    long now() {
        return loop.now();
    }

    long givenUntil() {
        return trail.givenUntil();
    }

    // ---- one provider after another
    // ------------------------------------------------------------------------------------

    /** Opens a provider, and begins with it. */
    void open() {
        var unused = newRun(Asked.lastOf(Set.copyOf(failed))).whenCompleteAsync(this::opened, loop.thread());
    }

    private CompletableFuture<Answered<LiveRun>> newRun(Asked whom) {
        return outside.legs().open(request, whom, settings.openWithin(), gone, (one, attempt) -> {
            LiveRun fresh = new LiveRun(
                    this,
                    positions,
                    new Hearer(one.provider(), attempt.model()),
                    one.language(request),
                    one.tellsWords());
            fresh.opened(one.open(request, attempt, fresh, loop.thread()));
            return fresh;
        });
    }

    private void opened(@Nullable Answered<LiveRun> answered, @Nullable Throwable why) {
        if (answered == null) {
            notOpened(why instanceof CompletionException && why.getCause() != null ? why.getCause() : why);
            return;
        }
        LiveRun fresh = take(answered);
        ProviderFailure early = fresh.early();
        if (over) {
            fresh.done();
        } else if (early != null) {
            run = fresh;
            replace(fresh, early);
        } else {
            begin(fresh);
        }
    }

    private LiveRun take(Answered<LiveRun> answered) {
        LiveRun fresh = answered.value();
        fresh.taken(answered);
        warnings.addAll(answered.warnings());
        return fresh;
    }

    private void begin(LiveRun fresh) {
        run = fresh;
        trail.rewind();
        settles.forgetNeeds();
        fresh.begin(trail.start(), words.settledUntil(), now());
        provider = fresh.hearer().provider();
        Hearer before = last;
        last = fresh.hearer();
        language = fresh.language();
        if (before != null && !before.equals(fresh.hearer())) {
            telling.tell(
                    new ProviderChanged(before.provider(), fresh.hearer().provider(), positions.seconds(fresh.base())));
        }
        if (!begun) {
            begun = true;
            listener.began();
        }
        feed();
        keepWarm();
    }

    private void notOpened(@Nullable Throwable why) {
        if (over) {
            return;
        }
        if (!begun) {
            listener.notBegun(why == null ? new IllegalStateException("nothing was opened") : why);
            return;
        }
        boolean mayComeBack = why instanceof NobodyAnswered
                || (why instanceof Refusal refusal && refusal.reason() == Refusal.Reason.OVERLOADED);
        if (mayComeBack && trail.size() < positions.bytes(settings.trail()) && !trail.isTooMuch()) {
            loop.later(RETRY.plusNanos(ThreadLocalRandom.current().nextLong(RETRY.toNanos())), this::open);
            return;
        }
        log.warn(
                "live.lost session={} reason=\"{}\"",
                request.id(),
                why == null ? "" : String.valueOf(why.getMessage()));
        listener.failed(
                new LiveFault(Why.NO_PROVIDER, "no provider could go on with the stream: what was settled is stored"));
    }

    /** Another one takes over. */
    private void replace(LiveRun broken, ProviderFailure failure) {
        String name = broken.hearer().provider();
        if (broken.done(failure)) {
            count(broken);
        }
        run = null;
        provider = null;
        failOvers++;
        if (broken.hasBegun() && now() - broken.begunAt() > LIVED.toNanos()) {
            failed.clear();
            rejected.clear();
        }
        failed.add(name);
        if (failure instanceof ProviderRejected && !rejected.add(name)) {
            listener.failed(
                    new LiveFault(Why.NOT_AUDIO, "no provider can use the audio: is it encoded as the stream says?"));
            return;
        }
        log.warn(
                "live.provider.failed session={} provider={} why={} reason=\"{}\" at_seconds={}",
                request.id(),
                name,
                failure.why().word(),
                failure.getMessage(),
                positions.seconds(trail.start()));
        LiveRun warm = standby;
        standby = null;
        outside.metrics().failedOver(name, warm == null ? "next" : warm.hearer().provider());
        if (warm != null) {
            begin(warm);
        } else if (failOvers % FEW == 0) {
            loop.later(RETRY, this::open);
        } else {
            open();
        }
    }

    /** What it heard is paid for. */
    private void count(LiveRun heard) {
        if (heard.hasBegun() && trail.givenUntil() > heard.base()) {
            words.script().heardBy(heard.hearer(), positions.duration(trail.givenUntil() - heard.base()));
        }
    }

    /** A second provider is opened beside the one that listens. */
    private void keepWarm() {
        LiveRun current = run;
        if (!settings.warm() || standby != null || standbyOpening || current == null || ending) {
            return;
        }
        if (standbyNotBefore != 0 && now() - standbyNotBefore < 0) {
            return;
        }
        String listens = current.hearer().provider();
        if (outside.legs().chain().askable(request).stream()
                .allMatch(one -> one.provider().equals(listens))) {
            standbyNotBefore = now() + WARM_RETRY.toNanos();
            return;
        }
        standbyOpening = true;
        var unused = newRun(Asked.without(Set.of(listens)))
                .whenCompleteAsync((answered, why) -> standbyOpened(answered), loop.thread());
    }

    private void standbyOpened(@Nullable Answered<LiveRun> answered) {
        standbyOpening = false;
        if (answered == null) {
            standbyNotBefore = now() + WARM_RETRY.toNanos();
            return;
        }
        LiveRun current = run;
        LiveRun fresh = take(answered);
        ProviderFailure early = fresh.early();
        boolean listensAlready = current != null
                && current.hearer().provider().equals(fresh.hearer().provider());
        if (early != null) {
            fresh.done(early);
        } else if (over || ending || listensAlready) {
            fresh.done();
        } else {
            standby = fresh;
        }
    }

    // ---- what they are given
    // -------------------------------------------------------------------------------------------

    /** Gives out what waits, as far as it is taken. */
    void feed() {
        LiveRun current = run;
        if (current == null) {
            holdIfFull();
            return;
        }
        askToSettle(current);
        while (run == current && !current.leg().isFull()) {
            long at = trail.givenUntil();
            byte[] next = trail.next(settles.next(current, at) - at);
            if (next == null) {
                break;
            }
            current.hear(next, at);
            askToSettle(current);
        }
        if (run != current) {
            return; // it failed at it
        }
        if (ending && trail.waiting() == 0) {
            current.end();
        }
        holdIfFull();
    }

    /** Asks for words that are wished before their time, once their audio was given out. */
    private void askToSettle(LiveRun current) {
        if (run == current && !ending && settles.isDue(current, trail.givenUntil())) {
            current.leg().settle();
        }
    }

    private void holdIfFull() {
        boolean slow = run != null && trail.waiting() > positions.bytes(settings.backlog());
        boolean much = trail.size() >= positions.bytes(settings.trail()) || trail.isEnough();
        pressure.full(!ending && !over && (slow || much));
    }

    /** The client wants to have what was said so far: it follows the audio that is still on its way. */
    void settle() {
        settles.wish(trail.end());
        feed();
    }

    /** No audio follows. */
    void end() {
        ending = true;
        LiveRun since = run;
        loop.later(settings.endWithin().dividedBy(2), () -> stuck(since));
        feed();
    }

    /** A provider that has not come to its end in half the time is replaced. */
    private void stuck(@Nullable LiveRun since) {
        if (since != null && isCurrent(since)) {
            replace(since, late(since, "did not come to its end"));
        }
    }

    /** Lets go of all. */
    void close() {
        over = true;
        gone.hangUp();
        LiveRun current = run;
        if (current != null && current.done()) {
            count(current);
        }
        LiveRun warm = standby;
        if (warm != null) {
            warm.done();
        }
        run = null;
        standby = null;
        provider = null;
    }

    // ---- what they tell
    // ------------------------------------------------------------------------------------------------

    boolean isCurrent(LiveRun one) {
        return run == one && !over;
    }

    /** Times are those of its own audio. */
    void heard(LiveRun by, Phrase own) {
        Phrase phrase = own.later(positions.seconds(by.base()));
        if (!words.canBe(phrase)) {
            String provider = by.hearer().provider();
            replace(by, new ProviderBusy(provider, Cause.GARBAGE, "told of what it cannot have heard", null, null));
            return;
        }
        boolean asked = phrase.settled() && settles.answered(by, phrase.channel(), phrase.end(), phrase.asked());
        words.heard(phrase.asked(asked), by.hearer(), by.cut(phrase.channel()));
        holdIfFull();
    }

    void reached(LiveRun by, int channel, double at) {
        words.reached(channel, at + positions.seconds(by.base()));
        holdIfFull();
    }

    void ended(LiveRun by) {
        if (by.done()) {
            count(by);
        }
        listener.ended();
    }

    void failed(LiveRun broken, ProviderFailure failure) {
        if (standby == broken) {
            standby = null;
            broken.done(failure);
        } else if (isCurrent(broken)) {
            replace(broken, failure);
        }
    }

    // ---- looking after them
    // --------------------------------------------------------------------------------------------

    /**
     * Gives up whoever tells or settles nothing; called now and then.
     *
     * @param pauses whether the sender sends nothing just now: what waits for more is given out
     */
    void lookAfter(boolean pauses) {
        if (pauses) {
            feed();
        }
        LiveRun current = run;
        if (current == null) {
            return;
        }
        long unsettled = trail.givenUntil() - trail.start();
        long now = now();
        long settledAt = Math.max(words.settledAt(), current.begunAt());
        boolean deaf = now - current.newsAt() > settings.stall().toNanos();
        boolean undecided = now - settledAt > settings.trail().toNanos();
        boolean enough = trail.isEnough(); // its sender is held back, and so it is not given more to tell of
        long untold = trail.givenUntil() - current.toldUntil();
        if (deaf && untold > (enough ? 0L : positions.bytes(settings.stall()))) {
            replace(current, late(current, "told nothing of " + settings.stall().toSeconds() + " s of audio"));
        } else if (undecided && unsettled > (enough ? 0L : positions.bytes(settings.trail()))) {
            replace(
                    current,
                    late(current, "settled nothing of " + settings.trail().toSeconds() + " s of audio"));
        } else if ((unsettled > positions.bytes(settings.settleAfter()) || enough) && !settles.isNeeded()) {
            settles.need(trail.givenUntil());
            askToSettle(current);
        } else {
            keepWarm();
        }
    }

    private static ProviderBusy late(LiveRun run, String message) {
        return new ProviderBusy(run.hearer().provider(), Cause.TIMEOUT, message, null, null);
    }
}
