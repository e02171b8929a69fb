package org.caravox.live;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.LiveEvent.ProviderChanged;
import org.caravox.live.LiveFault.Why;
import org.caravox.providers.Answered;
import org.caravox.providers.Line;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.requests.HangUp;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live stream: audio from a client to a provider, and words back. It keeps the audio whose words are not settled, so
 * that another provider can take over where the last settled word ended; its times are shifted, and what it hears again
 * is left out.
 *
 * <p>All its state belongs to one thread, its loop; public methods may be called from any thread unless they say
 * otherwise. Whatever blocks is done elsewhere.
 */
public final class LiveSession {

    private enum Phase {
        LIVE,
        ENDING,
        ENDED
    }

    private record Told(long number, LiveEvent event, long at) {}

    private static final Logger log = LoggerFactory.getLogger(LiveSession.class);
    private static final Duration LOOKED_AFTER_EVERY = Duration.ofMillis(500);
    private static final Duration ARRIVALS_EVERY = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(250);
    private static final byte[] NOTHING = {};

    /** Milliseconds between attempts to store a transcript: ten minutes in all. */
    private static final IntervalFunction STORES = IntervalFunction.ofExponentialBackoff(500, 2, 60_000);

    private static final int STORED_IN = 16;

    /** After so many fail-overs a session waits before the next. */
    private static final int FEW = 3;

    /** A provider that failed later than this after it began may be asked first again. */
    private static final Duration LIVED = Duration.ofSeconds(10);

    private final LiveRequest request;
    private final ScheduledExecutorService loop;
    private final LiveOutside outside;
    private final LiveSettings settings;
    private final boolean resumable;
    private final long began;
    private final HangUp gone = new HangUp();
    private final CompletableFuture<LiveSession> opened = new CompletableFuture<>();
    private final CompletableFuture<LiveSession> ended = new CompletableFuture<>();

    private final AudioTrail trail = new AudioTrail();
    private final Arrivals arrivals;
    private final LiveScript script = new LiveScript();
    private final double[] settledUntil;
    private final SpeechMarks[] marks;
    private final Deque<Told> told = new ArrayDeque<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();
    private final Set<String> rejected = new LinkedHashSet<>();
    private CompletableFuture<Void> routeWork = CompletableFuture.completedFuture(null);

    private Phase phase = Phase.LIVE;
    private @Nullable LiveClient client;
    private @Nullable Run run;
    private @Nullable Run standby;
    private boolean standbyOpening;
    private @Nullable Hearer last;
    private String language = "und";
    private @Nullable Future<?> lookingAfter;
    private @Nullable Transcript transcript;
    private @Nullable LiveFault fault;
    private @Nullable LiveFault faultAtEnd;
    private byte[] remainder = NOTHING;
    private long number;
    private long lastSign;
    private long clientLostAt;
    private long settledAt;
    private long paced;
    private boolean paceHeld;
    private boolean fullHeld;
    private boolean held;
    private int failOvers;
    private volatile @Nullable String provider;

    LiveSession(LiveRequest request, ScheduledExecutorService loop, LiveOutside outside, boolean resumable) {
        this.request = request;
        this.loop = loop;
        this.outside = outside;
        this.settings = outside.settings();
        this.resumable = resumable;
        this.began = now();
        this.lastSign = began;
        this.paced = began - settings.burst().toNanos();
        this.arrivals = new Arrivals(bytes(ARRIVALS_EVERY));
        int channels = request.audio().channels();
        this.settledUntil = new double[channels];
        this.marks = new SpeechMarks[channels];
        for (int channel = 0; channel < channels; channel++) {
            marks[channel] = new SpeechMarks(channel, channels, request.utteranceEnd());
        }
    }

    public LiveRequest request() {
        return request;
    }

    /** The one thread that its client's side uses too. */
    public ScheduledExecutorService loop() {
        return loop;
    }

    /** Who listens now; empty between two. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** How often another provider took over. */
    public int failOvers() {
        return failOvers;
    }

    /** How long ago it began. */
    public Duration age() {
        return Duration.ofNanos(now() - began);
    }

    /** How much audio has come in. */
    public Duration heard() {
        return duration(trail.end());
    }

    /** How many bytes have come in, in the request's form: a client that comes back goes on from here. On the loop only. */
    public long received() {
        return trail.end() + remainder.length;
    }

    /** Done when the session has ended and its transcript is stored, or cannot be. */
    CompletableFuture<LiveSession> whenEnded() {
        return ended;
    }

    /** Opens the first provider; fails as the chain does. */
    CompletableFuture<LiveSession> open() {
        loop.execute(() -> {
            lookingAfter = loop.scheduleWithFixedDelay(
                    this::lookAfter, LOOKED_AFTER_EVERY.toNanos(), LOOKED_AFTER_EVERY.toNanos(), TimeUnit.NANOSECONDS);
            openRun();
        });
        return opened;
    }

    // ---- what the client does
    // -----------------------------------------------------------------------------------------

    /**
     * The client is there, or there again: it is told what it does not have.
     *
     * @param after the number of the last event that it has; 0 when it is new
     */
    public void attach(LiveClient newClient, long after) {
        loop.execute(() -> {
            LiveClient before = client;
            client = newClient;
            lastSign = now();
            if (before != null) {
                before.failed(new LiveFault(Why.TAKEN_OVER, "another connection took this session over"));
            }
            newClient.attached(received());
            for (Told event : told) {
                if (event.number() > after) {
                    newClient.tell(event.number(), event.event());
                }
            }
            if (held) {
                newClient.pause();
            }
            tellEnd();
        });
    }

    /** The connection of a client broke: a session that can be resumed waits for it, any other ends. */
    public void lost(LiveClient lostClient) {
        loop.execute(() -> {
            if (client != lostClient) {
                return;
            }
            client = null;
            clientLostAt = now();
            if (phase == Phase.LIVE && !resumable) {
                endNow();
            }
        });
    }

    /** Takes audio. On the loop only; the array is the session's from then on. */
    public void hear(byte[] audio) {
        if (phase != Phase.LIVE) {
            return;
        }
        long now = now();
        lastSign = now;
        byte[] whole = whole(audio);
        if (whole.length == 0) {
            return;
        }
        trail.add(whole);
        arrivals.add(trail.end(), now);
        feed();
        pace(whole.length, now);
    }

    /** Samples that are split between two messages are put together. */
    private byte[] whole(byte[] audio) {
        byte[] all = audio;
        if (remainder.length > 0) {
            all = Arrays.copyOf(remainder, remainder.length + audio.length);
            System.arraycopy(audio, 0, all, remainder.length, audio.length);
        }
        int over = all.length % request.audio().frameBytes();
        remainder = over == 0 ? NOTHING : Arrays.copyOfRange(all, all.length - over, all.length);
        return over == 0 ? all : Arrays.copyOf(all, all.length - over);
    }

    /** The client is still there, though it sends no audio. */
    public void keepAlive() {
        loop.execute(() -> lastSign = now());
    }

    /** The client wants to have what was said so far. */
    public void settle() {
        loop.execute(() -> {
            Run current = run;
            if (phase == Phase.LIVE && current != null) {
                current.settle();
            }
        });
    }

    /** The client sends no more audio: what is left is settled, told and stored. */
    public void end() {
        loop.execute(this::endNow);
    }

    /** The connection that was to be its client's broke before it was: unless another one is, the session ends. */
    public void endUnlessAttached() {
        loop.execute(() -> {
            if (client == null && clientLostAt == 0) {
                endNow();
            }
        });
    }

    /** Ends it at once; what was settled is stored, and the client told why. */
    public void fail(LiveFault why) {
        loop.execute(() -> finish(why));
    }

    // ---- providers
    // ----------------------------------------------------------------------------------------------------

    /** One provider that listens, or has listened. */
    private final class Run implements LiveEar {
        private final Hearer hearer;
        private final String language;
        private @Nullable LiveLeg leg;
        private Line.@Nullable Call call;
        private @Nullable ProviderFailure early;
        private double[] cut = {};
        private long base;
        private long begunAt;
        private long givenAtNews;
        private long newsAt;
        private boolean askedToSettle;
        private boolean begun;
        private boolean ending;
        private boolean letGo;

        Run(Hearer hearer, String language) {
            this.hearer = hearer;
            this.language = language;
        }

        private LiveLeg leg() {
            LiveLeg known = leg;
            if (known == null) {
                throw new IllegalStateException("a leg is used before it is open");
            }
            return known;
        }

        private void begin() {
            trail.rewind();
            base = trail.start();
            begun = true;
            begunAt = now();
            newsAt = begunAt;
            settledAt = begunAt;
            givenAtNews = base;
            cut = settledUntil.clone();
        }

        private void settle() {
            askedToSettle = true;
            leg().settle();
        }

        private boolean isCurrent() {
            return run == this && phase != Phase.ENDED;
        }

        @Override
        public void heard(Phrase phrase) {
            if (isCurrent()) {
                news();
                LiveSession.this.heard(this, phrase.later(seconds(base)));
            }
        }

        @Override
        public void reached(int channel, double at) {
            if (isCurrent()) {
                news();
                double until = Math.min(at + seconds(base), seconds(trail.givenUntil()));
                settled(channel, until);
                over(channel, until, false);
            }
        }

        private void news() {
            newsAt = now();
            givenAtNews = trail.givenUntil();
            Line.Call ofLine = call;
            if (ofLine != null) {
                ofLine.goesWell();
            }
        }

        @Override
        public void ready() {
            if (isCurrent()) {
                feed();
            }
        }

        @Override
        public void ended() {
            if (isCurrent()) {
                done(true, null);
                finish(null);
            }
        }

        @Override
        public void failed(ProviderFailure failure) {
            if (call == null) {
                early = failure;
            } else if (standby == this) {
                standby = null;
                done(false, failure);
            } else if (isCurrent()) {
                runFailed(this, failure);
            }
        }

        /** Lets go of it, once. */
        private void done(boolean well, @Nullable ProviderFailure failure) {
            Line.Call ofLine = call;
            if (ofLine == null || letGo) {
                return;
            }
            letGo = true;
            if (failure != null) {
                ofLine.failed(failure);
            } else if (well) {
                ofLine.succeeded();
            } else {
                ofLine.abandoned();
            }
            leg().abort();
            if (begun && trail.givenUntil() > base && run == this) {
                script.heardBy(hearer, duration(trail.givenUntil() - base));
            }
        }
    }

    private CompletableFuture<Answered<Run>> newRun(Set<String> avoided) {
        return outside.legs().open(request, avoided, settings.openWithin(), gone, (provider, attempt) -> {
            Run fresh = new Run(new Hearer(provider.provider(), attempt.model()), provider.language(request));
            fresh.leg = provider.open(request, attempt, fresh, loop);
            return fresh;
        });
    }

    private void openRun() {
        var unused = newRun(Set.copyOf(failed)).whenCompleteAsync(this::runOpened, loop);
    }

    private void runOpened(@Nullable Answered<Run> answered, @Nullable Throwable why) {
        if (answered == null) {
            notOpened(why instanceof CompletionException && why.getCause() != null ? why.getCause() : why);
            return;
        }
        Run fresh = take(answered);
        if (phase == Phase.ENDED) {
            fresh.done(true, null);
        } else if (fresh.early != null) {
            run = fresh;
            runFailed(fresh, fresh.early);
        } else {
            begin(fresh);
        }
    }

    private Run take(Answered<Run> answered) {
        Run fresh = answered.value();
        fresh.call = answered.call();
        warnings.addAll(answered.warnings());
        return fresh;
    }

    private void begin(Run fresh) {
        run = fresh;
        fresh.begin();
        provider = fresh.hearer.provider();
        Hearer before = last;
        last = fresh.hearer;
        language = fresh.language;
        if (before != null && !before.equals(fresh.hearer)) {
            tell(new ProviderChanged(before.provider(), fresh.hearer.provider(), seconds(fresh.base)));
        }
        opened.complete(this);
        feed();
        keepWarm();
    }

    private void notOpened(@Nullable Throwable why) {
        if (phase == Phase.ENDED) {
            return;
        }
        if (!opened.isDone()) {
            finish(new LiveFault(Why.NO_PROVIDER, "no provider could be opened"));
            opened.completeExceptionally(why == null ? new IllegalStateException("nothing was opened") : why);
            return;
        }
        boolean mayComeBack = why instanceof NobodyAnswered
                || (why instanceof Refusal refusal && refusal.reason() == Refusal.Reason.OVERLOADED);
        if (mayComeBack && trail.size() < bytes(settings.trail())) {
            later(this::openRun, RETRY.toNanos() + ThreadLocalRandom.current().nextLong(RETRY.toNanos()));
            return;
        }
        log.warn(
                "live.lost session={} reason=\"{}\"",
                request.id(),
                why == null ? "" : String.valueOf(why.getMessage()));
        finish(new LiveFault(Why.NO_PROVIDER, "no provider could go on with the stream: what was settled is stored"));
    }

    private void runFailed(Run broken, ProviderFailure failure) {
        broken.done(false, failure);
        run = null;
        provider = null;
        failOvers++;
        if (broken.begun && now() - broken.begunAt > LIVED.toNanos()) {
            failed.clear();
            rejected.clear();
        }
        failed.add(broken.hearer.provider());
        if (failure instanceof ProviderRejected && !rejected.add(broken.hearer.provider())) {
            finish(new LiveFault(Why.NOT_AUDIO, "no provider can use the audio: is it encoded as the stream says?"));
            return;
        }
        log.warn(
                "live.provider.failed session={} provider={} why={} reason=\"{}\" at_seconds={}",
                request.id(),
                broken.hearer.provider(),
                failure.why().word(),
                failure.getMessage(),
                seconds(trail.start()));
        Run warm = standby;
        standby = null;
        if (warm != null) {
            outside.metrics().failedOver(broken.hearer.provider(), warm.hearer.provider());
            begin(warm);
            return;
        }
        outside.metrics().failedOver(broken.hearer.provider(), "next");
        if (failOvers % FEW == 0) {
            later(this::openRun, RETRY.toNanos());
        } else {
            openRun();
        }
    }

    /** A second provider is opened beside the one that listens. */
    private void keepWarm() {
        Run current = run;
        if (!settings.warm() || standby != null || standbyOpening || current == null || phase != Phase.LIVE) {
            return;
        }
        standbyOpening = true;
        var unused = newRun(Set.of(current.hearer.provider()))
                .whenCompleteAsync(
                        (answered, why) -> {
                            standbyOpening = false;
                            if (answered == null) {
                                return;
                            }
                            Run fresh = take(answered);
                            if (phase == Phase.LIVE && fresh.early == null) {
                                standby = fresh;
                            } else {
                                fresh.done(fresh.early == null, fresh.early);
                            }
                        },
                        loop);
    }

    private void feed() {
        Run current = run;
        if (current == null) {
            holdIfFull();
            return;
        }
        LiveLeg leg = current.leg();
        while (!leg.isFull()) {
            byte[] next = trail.next();
            if (next == null) {
                break;
            }
            leg.hear(next);
            if (run != current) {
                return; // it failed at it
            }
        }
        if (phase == Phase.ENDING && trail.waiting() == 0 && !current.ending) {
            current.ending = true;
            leg.end();
        }
        holdIfFull();
    }

    // ---- words
    // --------------------------------------------------------------------------------------------------------

    private void heard(Run by, Phrase phrase) {
        int channel = phrase.channel();
        boolean elsewhere = phrase.start() < 0 || phrase.end() > seconds(trail.givenUntil()) + 1;
        if (channel < 0 || channel >= settledUntil.length || elsewhere) {
            runFailed(
                    by,
                    new ProviderBusy(
                            by.hearer.provider(), Cause.GARBAGE, "told of what it cannot have heard", null, null));
            return;
        }
        Phrase fresh = phrase.after(by.cut[channel]);
        boolean heardBefore = phrase.start() < by.cut[channel] && phrase.end() <= by.cut[channel];
        if (heardBefore && !phrase.asked()) {
            return;
        }
        arrivals.since(position(phrase.end()), now())
                .ifPresent(latency -> outside.metrics().latency(by.hearer.provider(), phrase.settled(), latency));
        if (request.speechStarts()) {
            marks[channel].begun(fresh).ifPresent(this::tell);
        } else {
            marks[channel].begun(fresh);
        }
        if (fresh.settled()) {
            by.askedToSettle = false;
            script.add(fresh).ifPresent(this::uttered);
            settled(channel, phrase.end());
        }
        if (fresh.settled() || request.interim()) {
            tell(new Heard(fresh, settledUntil.length, by.hearer.provider(), by.hearer.model()));
        }
        over(channel, phrase.end(), fresh.endpoint());
    }

    private void over(int channel, double heardUntil, boolean endpoint) {
        marks[channel].over(heardUntil, endpoint).ifPresent(this::tell);
    }

    private void settled(int channel, double until) {
        settledUntil[channel] = Math.max(settledUntil[channel], until);
        settledAt = now();
        double all = Arrays.stream(settledUntil).min().orElse(0);
        trail.forget(position(all));
        holdIfFull();
    }

    private void uttered(Utterance utterance) {
        routeWork = routeWork.thenRunAsync(
                () -> {
                    try {
                        outside.steps().uttered(request, utterance);
                    } catch (RuntimeException e) {
                        log.warn("live.route.failed session={} step=uttered", request.id(), e);
                    }
                },
                outside.workers());
    }

    private void tell(LiveEvent event) {
        number++;
        if (resumable) {
            if (event instanceof Heard heard) {
                int channel = heard.phrase().channel();
                told.removeIf(one -> one.event() instanceof Heard before
                        && !before.phrase().settled()
                        && before.phrase().channel() == channel);
            }
            told.add(new Told(number, event, now()));
        }
        LiveClient there = client;
        if (there != null) {
            there.tell(number, event);
        }
    }

    // ---- back-pressure
    // ------------------------------------------------------------------------------------------------

    /** Audio may come a little faster than real time, and after a pause some of it at once. */
    private void pace(int length, long now) {
        long audioNanos = (long) (nanos(length) / settings.pace());
        paced = Math.max(paced, now - settings.burst().toNanos()) + audioNanos;
        if (paced <= now || paceHeld) {
            return;
        }
        paceHeld = true;
        later(
                () -> {
                    paceHeld = false;
                    hold();
                },
                paced - now);
        hold();
    }

    private void holdIfFull() {
        boolean slow = run != null && trail.waiting() > bytes(settings.backlog());
        fullHeld = phase == Phase.LIVE && (slow || trail.size() >= bytes(settings.trail()));
        hold();
    }

    private void hold() {
        boolean hold = paceHeld || fullHeld;
        if (hold == held) {
            return;
        }
        held = hold;
        LiveClient there = client;
        if (there == null) {
            return;
        }
        if (hold) {
            outside.metrics().throttled();
            there.pause();
        } else {
            there.resume();
        }
    }

    // ---- its end
    // ------------------------------------------------------------------------------------------------------

    private void lookAfter() {
        long now = now();
        if (phase == Phase.ENDED) {
            return;
        }
        if (client == null
                && clientLostAt != 0
                && now - clientLostAt > settings.resumeWithin().toNanos()) {
            endNow();
        } else if (phase == Phase.LIVE
                && client != null
                && !held
                && now - lastSign > settings.silence().toNanos()) {
            endWith(new LiveFault(
                    Why.SILENT,
                    "neither audio nor KeepAlive came for " + settings.silence().toSeconds() + " s"));
        } else if (phase == Phase.LIVE && now - began > settings.longest().toNanos()) {
            endWith(new LiveFault(
                    Why.TOO_LONG, "a stream may last " + settings.longest().toMinutes() + " minutes: open another"));
        } else {
            lookAfter(run);
        }
        told.removeIf(one -> now - one.at() > 2 * settings.resumeWithin().toNanos());
    }

    private void lookAfter(@Nullable Run current) {
        if (current == null) {
            return;
        }
        long unsettled = trail.givenUntil() - trail.start();
        long now = now();
        boolean deaf = now - current.newsAt > settings.stall().toNanos();
        boolean undecided = now - settledAt > settings.trail().toNanos();
        if (deaf && trail.givenUntil() - current.givenAtNews > bytes(settings.stall())) {
            runFailed(
                    current, late(current, "told nothing of " + settings.stall().toSeconds() + " s of audio"));
        } else if (undecided && unsettled > bytes(settings.trail())) {
            runFailed(
                    current,
                    late(current, "settled nothing of " + settings.trail().toSeconds() + " s of audio"));
        } else if (unsettled > bytes(settings.settleAfter()) && !current.askedToSettle) {
            current.settle();
        } else {
            keepWarm();
        }
    }

    private static ProviderBusy late(Run run, String message) {
        return new ProviderBusy(run.hearer.provider(), Cause.TIMEOUT, message, null, null);
    }

    private void endNow() {
        if (phase != Phase.LIVE) {
            return;
        }
        phase = Phase.ENDING;
        Run current = run;
        later(() -> stuck(current), settings.endWithin().dividedBy(2).toNanos());
        later(this::givenUp, settings.endWithin().toNanos());
        feed();
    }

    /** What was heard before the fault is still told and stored. */
    private void endWith(LiveFault why) {
        faultAtEnd = why;
        endNow();
    }

    /** A provider that has not come to its end in half the time is replaced. */
    private void stuck(@Nullable Run since) {
        if (phase == Phase.ENDING && since != null && run == since) {
            runFailed(since, late(since, "did not come to its end"));
        }
    }

    private void givenUp() {
        if (phase == Phase.ENDING && trail.size() > 0) {
            warnings.add("the last " + duration(trail.size()).toMillis() / 1000.0
                    + " s may not have been heard to their end");
        }
        finish(null);
    }

    private void finish(@Nullable LiveFault why) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        fault = why != null ? why : faultAtEnd;
        gone.hangUp();
        Future<?> looking = lookingAfter;
        if (looking != null) {
            looking.cancel(false);
        }
        letGo(run);
        letGo(standby);
        run = null;
        standby = null;
        provider = null;
        outside.metrics()
                .ended(
                        request.door(),
                        fault == null ? "well" : fault.why().name().toLowerCase(Locale.ROOT));
        if (fault != null) {
            tellEnd();
        }
        store();
    }

    private static void letGo(@Nullable Run one) {
        if (one != null) {
            one.done(true, null);
        }
    }

    private void store() {
        Hearer by = last;
        if (by == null) { // it never began
            ended.complete(this);
            return;
        }
        script.end().forEach(this::uttered);
        LiveRecord kept = new LiveRecord(
                request,
                script.heard(by, language, heard(), settledUntil.length),
                script.hearers(),
                List.copyOf(warnings),
                Optional.ofNullable(fault));
        store(kept, 1);
    }

    private void store(LiveRecord kept, int attempt) {
        var unused = routeWork
                .thenApplyAsync(nothing -> outside.steps().ended(kept), outside.workers())
                .whenCompleteAsync((stored, why) -> stored(kept, attempt, stored, why), loop);
    }

    /** While the database is away it is tried again, for minutes; the client does not wait that long. */
    private void stored(LiveRecord kept, int attempt, @Nullable Transcript stored, @Nullable Throwable why) {
        if (stored == null) {
            boolean again = attempt < STORED_IN;
            log.error("live.transcript.{} session={}", again ? "waits" : "lost", request.id(), why);
            if (fault == null) {
                fault = new LiveFault(Why.BROKEN, "the transcript is not stored yet: look for it later");
            }
            if (again) {
                tellEnd();
                later(() -> store(kept, attempt + 1), STORES.apply(attempt) * 1_000_000);
                return;
            }
        }
        transcript = stored;
        if (fault == null || stored == null) {
            tellEnd();
        }
        ended.complete(this);
    }

    /** Tells the client that is there how it ended, if it has. */
    private void tellEnd() {
        LiveClient there = client;
        if (there == null || phase != Phase.ENDED) {
            return;
        }
        LiveFault why = fault;
        Transcript ready = transcript;
        if (why != null) {
            there.failed(why);
        } else if (ready != null) {
            there.ended(ready);
        } else {
            return; // it is being stored
        }
        client = null;
    }

    // ---- positions and times
    // ------------------------------------------------------------------------------------------

    private void later(Runnable what, long nanos) {
        var unused = loop.schedule(what, nanos, TimeUnit.NANOSECONDS);
    }

    private long now() {
        return outside.nanos().getAsLong();
    }

    private double seconds(long position) {
        return Math.round(1000.0 * position / request.audio().bytesPerSecond()) / 1000.0;
    }

    private long position(double seconds) {
        return Math.round(seconds * request.audio().bytesPerSecond());
    }

    private long bytes(Duration duration) {
        return duration.toMillis() * request.audio().bytesPerSecond() / 1000;
    }

    private long nanos(long bytes) {
        return bytes * 1_000_000_000L / request.audio().bytesPerSecond();
    }

    private Duration duration(long bytes) {
        return Duration.ofMillis(bytes * 1000 / request.audio().bytesPerSecond());
    }
}
