package org.caravox.providers;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One provider as one credential sees it: its circuit breaker, how many calls are under way, and how fast it has been.
 * Resilience4j's breaker counts and decides; how long it stays open is decided here, because providers say so themselves
 * ({@code Retry-After}) and the longest time that anybody named must win.
 */
public final class Line {

    /** Whether calls are let through. */
    public enum State {
        CLOSED,
        HALF_OPEN,
        OPEN,
        FORCED_OPEN;

        double openness() {
            return this == CLOSED ? 0 : this == HALF_OPEN ? 0.5 : 1;
        }

        /** The word for it in metrics and answers. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What went wrong last. */
    public record Failed(Cause why, String message, Instant at) {}

    private static final Logger log = LoggerFactory.getLogger(Line.class);
    private static final Duration HALF_OPEN_HINT = Duration.ofSeconds(1);

    /** A long recording takes long. What does not answer in time has failed; Resilience4j would count a minute as bad. */
    private static final Duration NEVER_TOO_SLOW = Duration.ofDays(365);

    private final Use use;
    private final String provider;
    private final String credential;
    private final BreakerSettings settings;
    private final Clock clock;
    private final CircuitBreaker breaker;
    private final Semaphore places;
    private final int concurrent;
    private final Latency latency;
    private final Timer timer;
    private final IntervalFunction openings;
    private final AtomicInteger openedInARow = new AtomicInteger();
    private final AtomicBoolean opening = new AtomicBoolean(); // by hand: how long is known already
    private final AtomicBoolean itsOwnWord = new AtomicBoolean();
    private final AtomicLong coolUntilMs = new AtomicLong();
    private final AtomicReference<@Nullable Failed> lastFailure = new AtomicReference<>();

    /**
     * A line.
     *
     * @param credential the credential's name
     * @param concurrent how many calls may be under way, at least 1
     * @param longest    how long a call may take
     */
    public Line(
            Use use,
            String provider,
            String credential,
            int concurrent,
            Duration longest,
            BreakerSettings settings,
            MeterRegistry metrics,
            Clock clock) {
        this.use = use;
        this.provider = provider;
        this.credential = credential;
        this.settings = settings;
        this.clock = clock;
        this.concurrent = concurrent;
        this.places = new Semaphore(concurrent);
        this.latency = new Latency(clock);
        this.openings = IntervalFunction.ofExponentialBackoff(settings.openFor(), 2, settings.openAtMost());
        this.breaker = CircuitBreaker.of(
                use.word() + "/" + provider + "/" + credential,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.window())
                        .minimumNumberOfCalls(settings.leastCalls())
                        .failureRateThreshold(settings.failurePercent())
                        .permittedNumberOfCallsInHalfOpenState(settings.probes())
                        .maxWaitDurationInHalfOpenState(longest.plusSeconds(1))
                        .waitDurationInOpenState(Duration.ofMillis(1)) // the wait is ours
                        .slowCallDurationThreshold(NEVER_TOO_SLOW)
                        .clock(clock)
                        .build());
        Tags tags = Tags.of("use", use.word(), "provider", provider, "credential", credential);
        this.timer = Timer.builder("provider.latency")
                .description("Time from a provider's call to its answer, or to the first of a stream")
                .tags(tags)
                .register(metrics);
        Gauge.builder("provider.breaker.open", this, line -> line.state().openness())
                .description("Whether a provider is left alone: 0 no, 0.5 it is tried, 1 yes")
                .tags(tags)
                .register(metrics);
        Gauge.builder("provider.calls.under.way", this, Line::underWay)
                .description("Calls of a provider that are under way")
                .tags(tags)
                .register(metrics);
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case OPEN -> {
                    if (!opening.get()) {
                        coolFor(Duration.ofMillis(openings.apply(openedInARow.incrementAndGet())));
                    }
                }
                case CLOSED -> {
                    openedInARow.set(0);
                    itsOwnWord.set(false);
                }
                default -> {}
            }
            log.info(
                    "breaker.{} use={} provider={} credential={}",
                    event.getStateTransition().getToState().name().toLowerCase(java.util.Locale.ROOT),
                    use.word(),
                    provider,
                    credential);
        });
    }

    public Use use() {
        return use;
    }

    public String provider() {
        return provider;
    }

    /** The credential's name. */
    public String credential() {
        return credential;
    }

    /** How many calls are under way. */
    public int underWay() {
        return concurrent - places.availablePermits();
    }

    /** How many may be. */
    public int concurrent() {
        return concurrent;
    }

    /** How long its answers have taken of late; empty when it has given none, or none for long. */
    public Optional<Duration> latency() {
        return latency.average();
    }

    public Optional<Failed> lastFailure() {
        return Optional.ofNullable(lastFailure.get());
    }

    public State state() {
        CircuitBreaker.State state = breaker.getState();
        if (state == CircuitBreaker.State.FORCED_OPEN) {
            return State.FORCED_OPEN;
        }
        if (clock.millis() < coolUntilMs.get()) {
            return State.OPEN;
        }
        return state == CircuitBreaker.State.CLOSED ? State.CLOSED : State.HALF_OPEN;
    }

    /** Until when it is left alone; in the past when it is not. */
    public Instant coolUntil() {
        return Instant.ofEpochMilli(coolUntilMs.get());
    }

    /**
     * Begins a call, if one may be made now.
     *
     * @return the call, which must be ended; empty when the breaker or the number of calls under way forbids it
     */
    public Optional<Call> begin() {
        if (clock.millis() < coolUntilMs.get() || !places.tryAcquire()) {
            return Optional.empty();
        }
        if (!breaker.tryAcquirePermission()) {
            places.release();
            return Optional.empty();
        }
        return Optional.of(new Call());
    }

    /** Whether a call would be let through now, as far as one can tell without making it. */
    boolean mayBegin() {
        State state = state();
        return (state == State.CLOSED || state == State.HALF_OPEN) && places.availablePermits() > 0;
    }

    /** After which time it may be worth asking again, when {@link #begin} would not. */
    public Duration retryAfter() {
        Duration left = Duration.between(clock.instant(), coolUntil());
        return left.compareTo(HALF_OPEN_HINT) > 0 ? left : HALF_OPEN_HINT;
    }

    /** Leaves it alone until {@link #reset}: an operator's wish. */
    public synchronized void forceOpen() {
        breaker.transitionToForcedOpenState();
    }

    /** Forgets all failures and lets calls through. */
    public synchronized void reset() {
        coolUntilMs.set(0);
        openedInARow.set(0);
        lastFailure.set(null);
        breaker.reset();
    }

    /**
     * A probe found it well: a breaker that opened for failures need not wait any longer. What the provider itself asked
     * for, or said of its quota, stands.
     */
    void probedWell() {
        if (!itsOwnWord.get()) {
            coolUntilMs.set(0);
        }
    }

    /** A probe found it ill: that counts like a call. */
    void probedIll(ProviderFailure failure) {
        begin().ifPresent(call -> call.failed(failure));
    }

    private void coolFor(Duration time) {
        coolUntilMs.accumulateAndGet(clock.millis() + time.toMillis(), Math::max);
    }

    /** Leaves it alone for a time; afterwards it is tried with a few calls first. */
    private synchronized void openFor(Duration time) {
        itsOwnWord.set(true);
        coolFor(time);
        CircuitBreaker.State state = breaker.getState();
        if (state == CircuitBreaker.State.CLOSED || state == CircuitBreaker.State.HALF_OPEN) {
            opening.set(true);
            breaker.transitionToOpenState();
            opening.set(false);
        }
    }

    /** One call under way; it ends once, however often it is told to. */
    public final class Call {

        private final long began = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicBoolean judged = new AtomicBoolean();

        private Call() {}

        public Line line() {
            return Line.this;
        }

        /** The provider has begun to answer: that is how fast it is. */
        public void answered() {
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            latency.add(took);
            timer.record(took);
        }

        /**
         * It goes well, and goes on: for calls that last long. The breaker counts it now; a failure later on counts as
         * well.
         */
        public void goesWell() {
            if (!ended.get() && judged.compareAndSet(false, true)) {
                breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            }
        }

        public void succeeded() {
            if (end() && judged.compareAndSet(false, true)) {
                breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            }
        }

        /** Whatever came of it says nothing about the provider: the caller hung up, or was wrong. */
        public void abandoned() {
            if (end()) {
                unjudged();
            }
        }

        private void unjudged() {
            if (judged.compareAndSet(false, true)) {
                breaker.releasePermission();
            }
        }

        public void failed(ProviderFailure failure) {
            if (!end()) {
                return;
            }
            if (failure instanceof ProviderRejected) {
                if (judged.compareAndSet(false, true)) {
                    breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
                }
                return;
            }
            lastFailure.set(new Failed(failure.why(), String.valueOf(failure.getMessage()), clock.instant()));
            if (failure.why() == Cause.NO_CAPACITY) {
                unjudged();
                return;
            }
            Optional<Duration> alone = alone(failure);
            if (alone.isPresent()) {
                unjudged();
                openFor(alone.get());
            } else {
                breaker.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, failure);
            }
        }

        /** How long it is left alone for this one failure; empty when it is one among many that count. */
        private Optional<Duration> alone(ProviderFailure failure) {
            if (failure instanceof ProviderGone) {
                return Optional.of(failure.why() == Cause.QUOTA ? settings.quotaFor() : settings.credentialFor());
            }
            Optional<Duration> told = failure instanceof ProviderBusy busy ? busy.retryAfter() : Optional.empty();
            if (told.isPresent()) {
                return told.map(time -> time.compareTo(settings.longestBusy()) > 0 ? settings.longestBusy() : time);
            }
            return failure.why() == Cause.RATE_LIMITED ? Optional.of(settings.busyFor()) : Optional.empty();
        }

        private boolean end() {
            boolean first = ended.compareAndSet(false, true);
            if (first) {
                places.release();
            }
            return first;
        }
    }
}
