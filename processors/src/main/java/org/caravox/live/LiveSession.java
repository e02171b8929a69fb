package org.caravox.live;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.caravox.live.LiveFault.Why;
import org.caravox.recordings.Recorder;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Transcript;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live stream: audio from a client to a provider, and words back. It keeps the audio whose words are not settled, so
 * that another provider can take over where the last settled word ended; its times are shifted, and what it hears again
 * is left out.
 *
 * <p>Here is its course from its beginning to its stored end; {@link LiveRuns} are its providers, {@link LiveWords} what
 * they hear, {@link Telling} is its client, {@link BackPressure} what holds that back, {@link RouteWork} what the routes
 * do about it. All its state belongs to one thread, its loop; public methods may be called from any thread unless they
 * say otherwise. Whatever blocks is done elsewhere.
 */
public final class LiveSession {

    private enum Phase {
        LIVE,
        ENDING,
        HANDED_OVER,
        ENDED
    }

    private static final Logger log = LoggerFactory.getLogger(LiveSession.class);
    private static final Duration LOOKED_AFTER_EVERY = Duration.ofMillis(500);
    private static final Duration ARRIVALS_EVERY = Duration.ofMillis(100);
    private static final byte[] NOTHING = {};

    /** Small frames are sent on together: each message costs a provider and the hub as much as its audio. */
    private static final Duration GATHERED = Duration.ofMillis(40);

    /** What a session that is closed may take to settle: all those of a hub that stops do it at once. */
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(2);

    /** A client that is told why its session ended is told when its transcript is stored, but not much later. */
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(3);

    private final LiveRequest request;
    private final int frameBytes;
    private final Loop loop;
    private final LiveSettings settings;
    private final LiveMetrics metrics;
    private final boolean resumable;
    private final Positions positions;
    private final AudioTrail trail;
    private final Arrivals arrivals;
    private final Telling telling;
    private final BackPressure pressure;
    private final RouteWork work;
    private final LiveWords words;
    private final LiveRuns runs;
    private final long began;
    private final CompletableFuture<LiveSession> opened = new CompletableFuture<>();
    private final CompletableFuture<LiveSession> ended = new CompletableFuture<>();

    private final Recorder recorder;
    private final Set<String> warnings = new LinkedHashSet<>();
    private Phase phase = Phase.LIVE;
    private @Nullable Future<?> lookingAfter;
    private @Nullable Transcript transcript;
    private @Nullable LiveFault fault;
    private @Nullable LiveFault faultAtEnd;
    private byte[] remainder = NOTHING;
    private long lastSign;
    private long lastAudio;
    private long clientLostAt;

    LiveSession(LiveRequest request, ScheduledExecutorService thread, LiveOutside outside, boolean resumable) {
        this(request, thread, outside, resumable, 0, Duration.ZERO);
    }

    private LiveSession(
            LiveRequest request,
            ScheduledExecutorService thread,
            LiveOutside outside,
            boolean resumable,
            long from,
            Duration age) {
        this.request = request;
        this.frameBytes = request.audio().frameBytes();
        this.loop = new Loop(thread, outside.nanos());
        this.settings = outside.settings();
        this.metrics = outside.metrics();
        this.resumable = resumable;
        this.positions = new Positions(request.audio());
        this.recorder = from == 0 && age.isZero() ? outside.recorders().apply(request) : Recorder.NONE;
        this.trail = new AudioTrail(outside.memory(), request.audio().frameBytes(), from);
        this.arrivals = new Arrivals(positions.bytes(ARRIVALS_EVERY));
        this.telling = new Telling(loop, resumable);
        this.pressure = new BackPressure(positions, outside, loop, telling);
        this.work = new RouteWork(request, outside.steps(), outside.workers());
        this.words = new LiveWords(request, trail, arrivals, telling, work, metrics, loop);
        this.runs = new LiveRuns(request, outside, loop, trail, words, telling, pressure, new Course());
        this.began = loop.now() - age.toNanos();
        this.lastSign = loop.now();
        this.lastAudio = lastSign;
    }

    /** Goes on with a session of another hub; it waits for its client. What was recorded ends where that hub did. */
    static LiveSession goOn(LiveHandover from, ScheduledExecutorService thread, LiveOutside outside) {
        LiveSession session = new LiveSession(from.request(), thread, outside, true, from.from(), from.age());
        session.positions.pieces(from.audio()).forEach(session.trail::add);
        session.words.goOn(from.channels(), from.script());
        session.telling.goOn(from.told(), from.number());
        session.runs.goOn(from);
        session.clientLostAt = session.loop.now();
        session.opened.complete(session);
        var unused = session.open();
        return session;
    }

    public LiveRequest request() {
        return request;
    }

    /** The one thread that its client's side uses too. */
    public ScheduledExecutorService loop() {
        return loop.thread();
    }

    /** Who listens now; empty between two. */
    public Optional<String> provider() {
        return runs.provider();
    }

    /** How often another provider took over. */
    public int failOvers() {
        return runs.failOvers();
    }

    /** How long ago it began. */
    public Duration age() {
        return Duration.ofNanos(loop.now() - began);
    }

    /** How much audio has come in. */
    public Duration heard() {
        return positions.duration(trail.end());
    }

    /** How many bytes have come in, in the request's form: a client that comes back goes on from here. On the loop only. */
    public long received() {
        return trail.end() + remainder.length;
    }

    /** Done when the session has ended and its transcript is stored, or cannot be. */
    CompletableFuture<LiveSession> whenEnded() {
        return ended;
    }

    /** Opens the first provider; fails as the chain does. Cancelled, it ends the session. */
    CompletableFuture<LiveSession> open() {
        var unused = opened.whenComplete((session, why) -> {
            if (why instanceof CancellationException) {
                fail(new LiveFault(Why.NO_PROVIDER, "no provider listened in time"));
            }
        });
        onLoop(() -> {
            lookingAfter = loop.every(LOOKED_AFTER_EVERY, this::lookAfter);
            runs.open();
        });
        return opened;
    }

    private void onLoop(Runnable what) {
        loop.thread().execute(what);
    }

    // ---- what the client does
    // -----------------------------------------------------------------------------------------

    /**
     * The client is there, or there again: it is told what it does not have.
     *
     * @param after the number of the last event that it has; 0 when it is new
     */
    public void attach(LiveClient newClient, long after) {
        onLoop(() -> {
            lastSign = loop.now();
            LiveClient before = telling.client();
            if (before != null) {
                before.failed(new LiveFault(Why.TAKEN_OVER, "another connection took this session over"));
            }
            telling.attach(newClient, received(), after);
            if (pressure.isHeld()) {
                newClient.pause();
            }
            tellEnd();
        });
    }

    /** The connection of a client broke: a session that can be resumed waits for it, any other ends. */
    public void lost(LiveClient lostClient) {
        onLoop(() -> {
            if (telling.client() != lostClient) {
                return;
            }
            telling.detach();
            clientLostAt = loop.now();
            if (!resumable) {
                endNow();
            }
        });
    }

    /** Takes audio. On the loop only; the array is the session's from then on. */
    public void hear(byte[] audio) {
        if (phase != Phase.LIVE) {
            return;
        }
        long now = loop.now();
        lastSign = now;
        lastAudio = now;
        byte[] whole = whole(audio);
        if (whole.length == 0) {
            return;
        }
        trail.add(whole);
        recorder.hear(whole);
        arrivals.add(trail.end(), now);
        if (trail.waiting() >= positions.bytes(GATHERED)) {
            runs.feed();
        }
        pressure.took(whole.length, now);
    }

    /** Samples that are split between two messages are put together. */
    private byte[] whole(byte[] audio) {
        byte[] all = audio;
        if (remainder.length > 0) {
            all = Arrays.copyOf(remainder, remainder.length + audio.length);
            System.arraycopy(audio, 0, all, remainder.length, audio.length);
        }
        int over = all.length % frameBytes;
        remainder = over == 0 ? NOTHING : Arrays.copyOfRange(all, all.length - over, all.length);
        return over == 0 ? all : Arrays.copyOf(all, all.length - over);
    }

    /** The client is still there, though it sends no audio. */
    public void keepAlive() {
        onLoop(() -> lastSign = loop.now());
    }

    /** The client wants to have what was said so far. */
    public void settle() {
        onLoop(() -> {
            if (phase == Phase.LIVE) {
                runs.settle();
            }
        });
    }

    /** The client sends no more audio: what is left is settled, told and stored. */
    public void end() {
        onLoop(this::endNow);
    }

    /** The connection that was to be its client's broke before it was: unless another one is, the session ends. */
    public void endUnlessAttached() {
        onLoop(() -> {
            if (telling.client() == null && clientLostAt == 0) {
                endNow();
            }
        });
    }

    /** Ends it at once; what was settled is stored, and the client told why. */
    public void fail(LiveFault why) {
        onLoop(() -> finish(why));
    }

    /** Ends it soon: what was said is settled first, and told and stored, if that takes a moment; then the client is told why. */
    public void close(LiveFault why) {
        onLoop(() -> closeNow(why));
    }

    private void closeNow(LiveFault why) {
        if (phase == Phase.LIVE) {
            faultAtEnd = why;
        }
        if (opened.isDone()) {
            loop.later(CLOSES_WITHIN, this::givenUp);
            endNow();
        } else {
            finish(why);
        }
    }

    // ---- another hub
    // ---------------------------------------------------------------------------------------------------

    /**
     * Ends it here for another hub to go on with, where that is possible; otherwise it is closed. The client is told why
     * when it may come back.
     *
     * @param keep called on a thread that may wait
     */
    void handOver(Consumer<LiveHandover> keep, LiveFault why) {
        onLoop(() -> {
            Optional<Hearer> last = runs.last();
            if (!resumable || phase != Phase.LIVE || last.isEmpty()) {
                closeNow(why);
                return;
            }
            phase = Phase.HANDED_OVER;
            recorder.end();
            runs.close();
            LiveHandover kept = standing(last.get());
            var unused = work.after(() -> keep.accept(kept))
                    .whenCompleteAsync((done, failed) -> handedOver(why, failed), loop.thread());
        });
    }

    private LiveHandover standing(Hearer last) {
        long now = loop.now();
        Duration away =
                telling.client() == null && clientLostAt != 0 ? Duration.ofNanos(now - clientLostAt) : Duration.ZERO;
        return new LiveHandover(
                request,
                trail.start(),
                trail.kept(),
                words.channels(),
                words.script().standing(),
                telling.told(),
                telling.number(),
                runs.wished(),
                last,
                runs.language(),
                runs.failOvers(),
                List.copyOf(allWarnings()),
                age(),
                settings.resumeWithin().minus(away));
    }

    private void handedOver(LiveFault why, @Nullable Throwable failed) {
        if (failed != null) {
            log.error("live.handover.failed session={}", request.id(), failed);
            phase = Phase.LIVE;
            finish(why);
            return;
        }
        log.info("live.handed.over session={} tenant={} door={}", request.id(), request.tenant(), request.door());
        finished(new LiveFault(
                why.why(),
                "this hub stops: resume the session within "
                        + settings.resumeWithin().toSeconds() + " s, here or elsewhere"));
        complete();
    }

    // ---- its course
    // ---------------------------------------------------------------------------------------------------

    /** What providers make of it. */
    private final class Course implements LiveRuns.Listener {

        @Override
        public void began() {
            opened.complete(LiveSession.this);
        }

        @Override
        public void notBegun(Throwable why) {
            opened.completeExceptionally(why);
            finish(new LiveFault(Why.NO_PROVIDER, "no provider could be opened"));
        }

        @Override
        public void ended() {
            finish(null);
        }

        @Override
        public void failed(LiveFault why) {
            finish(why);
        }
    }

    private void lookAfter() {
        long now = loop.now();
        boolean there = telling.client() != null;
        if (phase == Phase.ENDED || phase == Phase.HANDED_OVER) {
            return;
        }
        if (!there
                && clientLostAt != 0
                && now - clientLostAt > settings.resumeWithin().toNanos()) {
            endNow();
        } else if (phase == Phase.LIVE
                && there
                && !pressure.isHeld()
                && now - lastSign > settings.silence().toNanos()) {
            silent();
        } else if (phase == Phase.LIVE && now - lastAudio > settings.idle().toNanos()) {
            endWith(new LiveFault(
                    Why.SILENT, "no audio came for " + spoken(settings.idle()) + ": open a stream when there is some"));
        } else if (phase == Phase.LIVE && now - began > settings.longest().toNanos()) {
            endWith(new LiveFault(Why.TOO_LONG, "a stream may last " + spoken(settings.longest()) + ": open another"));
        } else {
            runs.lookAfter(now - lastAudio >= GATHERED.toNanos());
        }
        telling.forget(settings.resumeWithin().multipliedBy(2));
    }

    private static String spoken(Duration duration) {
        return duration.toMinutes() > 1 ? duration.toMinutes() + " minutes" : duration.toSeconds() + " s";
    }

    /** Perhaps the connection is half open: a client that can come back is waited for, though its socket is closed. */
    private void silent() {
        String message =
                "neither audio nor KeepAlive came for " + settings.silence().toSeconds() + " s";
        LiveClient there = telling.client();
        if (!resumable || there == null) {
            endWith(new LiveFault(Why.SILENT, message));
            return;
        }
        telling.detach();
        clientLostAt = loop.now();
        there.failed(new LiveFault(
                Why.SILENT,
                message + ": resume the session within "
                        + settings.resumeWithin().toSeconds() + " s"));
    }

    private void endNow() {
        if (phase != Phase.LIVE) {
            return;
        }
        phase = Phase.ENDING;
        loop.later(settings.endWithin(), this::givenUp);
        runs.end();
    }

    /** What was heard before the fault is still told and stored. */
    private void endWith(LiveFault why) {
        faultAtEnd = why;
        endNow();
    }

    private void givenUp() {
        if (phase == Phase.ENDING && trail.size() > 0) {
            warnings.add(unheard(positions.duration(trail.size())));
        }
        finish(null);
    }

    /** A warning. */
    static String unheard(Duration last) {
        return "the last " + last.toMillis() / 1000.0 + " s may not have been heard to their end";
    }

    private void finish(@Nullable LiveFault why) {
        if (phase == Phase.ENDED || phase == Phase.HANDED_OVER) {
            return;
        }
        finished(why != null ? why : faultAtEnd);
        runs.close();
        neverOpened();
        runs.last().ifPresentOrElse(this::store, () -> {
            recorder.drop();
            complete();
        });
    }

    private void finished(@Nullable LiveFault why) {
        phase = Phase.ENDED;
        fault = why;
        Future<?> looking = lookingAfter;
        if (looking != null) {
            looking.cancel(false);
        }
        metrics.ended(request.door(), why == null ? "well" : why.why().name().toLowerCase(Locale.ROOT));
    }

    private void neverOpened() {
        LiveFault why = fault;
        var unused = opened.completeExceptionally(new Refusal(
                Refusal.Reason.OVERLOADED,
                why == null ? "the stream was closed before it began" : why.message(),
                null,
                null));
    }

    private void complete() {
        trail.close();
        tellEnd();
        ended.complete(this);
    }

    // ---- what remains of it
    // -------------------------------------------------------------------------------------------

    private void store(Hearer by) {
        recorder.end();
        if (fault != null) {
            loop.later(TOLD_WITHIN, this::tellEnd);
        }
        words.end();
        LiveScript script = words.script();
        LiveRecord record = new LiveRecord(
                request,
                script.heard(by, runs.language(), heard(), request.audio().channels()),
                script.hearers(),
                List.copyOf(allWarnings()),
                Optional.ofNullable(fault));
        trail.close();
        var unused = work.ended(record, loop.thread(), why -> onLoop(this::notStored))
                .whenCompleteAsync(this::stored, loop.thread());
    }

    private Set<String> allWarnings() {
        Set<String> all = new LinkedHashSet<>(runs.warnings());
        all.addAll(warnings);
        return all;
    }

    /** The client does not wait for a database that is away. */
    private void notStored() {
        if (fault == null) {
            fault = new LiveFault(Why.BROKEN, "the transcript is not stored yet: look for it later");
        }
        tellEnd();
    }

    private void stored(@Nullable Transcript stored, @Nullable Throwable why) {
        if (stored == null) {
            log.error("live.transcript.lost session={}", request.id(), why);
            notStored();
        } else {
            transcript = stored;
            tellEnd();
        }
        ended.complete(this);
    }

    /** Tells the client that is there how it ended, if it has. */
    private void tellEnd() {
        LiveClient there = telling.client();
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
        telling.detach();
    }
}
