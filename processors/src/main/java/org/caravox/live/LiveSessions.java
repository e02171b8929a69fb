package org.caravox.live;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.caravox.live.LiveFault.Why;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.usage.Consumed;
import org.caravox.usage.Meter;
import org.caravox.usage.Metered;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions that are live on this hub. */
public final class LiveSessions {

    private static final Logger log = LoggerFactory.getLogger(LiveSessions.class);
    private static final Duration BACK_IN = Duration.ofSeconds(5);

    private final Map<UUID, LiveSession> sessions = new ConcurrentHashMap<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final LiveOutside outside;
    private final Handovers handovers;
    private final Meter meter;
    private final LivePlaces places;
    private final Clock clock;

    /**
     * Makes it.
     *
     * @param handovers     where sessions are left when this hub stops
     * @param limitOfTenant how many streams a tenant may have live on this hub
     */
    public LiveSessions(
            LiveOutside outside, Handovers handovers, Meter meter, ToIntFunction<String> limitOfTenant, Clock clock) {
        this.outside = outside;
        this.handovers = handovers;
        this.meter = meter;
        this.places = new LivePlaces(outside.settings().sessions(), limitOfTenant);
        this.clock = clock;
    }

    /**
     * Opens a session, and a provider for it. May block for the time of a route, but does not wait for the provider.
     *
     * @param loop      the thread of the client's side
     * @param resumable whether it waits for a client that lost its connection
     * @return the session once a provider listens; it fails with a {@link Refusal} or with what the chain threw. Whoever
     *     waits no longer cancels it: the session ends, and no provider is asked any more
     * @throws Refusal when the stream is not to begin
     */
    public CompletableFuture<LiveSession> open(LiveRequest wanted, ScheduledExecutorService loop, boolean resumable) {
        LivePlaces.Place place = takePlace(wanted.tenant());
        try {
            return begin(wanted, loop, resumable, place).open();
        } catch (RuntimeException e) {
            place.free();
            throw e;
        }
    }

    private LivePlaces.Place takePlace(String tenant) {
        if (stopping.get()) {
            throw new Refusal(Refusal.Reason.OVERLOADED, "this hub is stopping, try again", BACK_IN, null);
        }
        return places.take(tenant);
    }

    private LiveSession begin(
            LiveRequest wanted, ScheduledExecutorService loop, boolean resumable, LivePlaces.Place place) {
        LiveRequest request = outside.steps().opened(wanted);
        try {
            outside.legs().chain().check(request);
            Metered metered = metered(request);
            LiveSession session = new LiveSession(request, loop, outside, resumable);
            add(session, metered, resumable, place);
            return session;
        } catch (RuntimeException e) {
            outside.steps().left(request.id());
            throw e;
        }
    }

    private Metered metered(LiveRequest request) {
        Patience patience = new Patience(Deadline.in(outside.settings().longest(), clock), new HangUp());
        return meter.begin(outside.legs().chain(), request, patience, assumed -> Consumed.audio(assumed.audio()));
    }

    private void add(LiveSession session, Metered metered, boolean resumable, LivePlaces.Place place) {
        sessions.put(session.request().id(), session);
        var unused = session.whenEnded().whenComplete((ended, why) -> {
            metered.release();
            place.free();
            forget(session, resumable);
            outside.steps().left(session.request().id());
        });
    }

    /**
     * A session of a tenant, to resume it: one of this hub, or one that another hub left. May block.
     *
     * @param loop the thread of the client's side, should the session have none yet
     * @throws Refusal when there is no room for it, or no money
     */
    public Optional<LiveSession> resume(String tenant, UUID id, ScheduledExecutorService loop) {
        Optional<LiveSession> here = Optional.ofNullable(sessions.get(id))
                .filter(session -> session.request().tenant().equals(tenant));
        if (here.isPresent() && !stopping.get()) {
            return here;
        }
        LivePlaces.Place place = takePlace(tenant);
        try {
            Optional<LiveSession> resumed = handovers.claim(tenant, id).map(handover -> goOn(handover, loop, place));
            if (resumed.isEmpty()) {
                place.free();
            }
            return resumed;
        } catch (RuntimeException e) {
            place.free();
            throw e;
        }
    }

    private LiveSession goOn(LiveHandover handover, ScheduledExecutorService loop, LivePlaces.Place place) {
        Metered metered;
        try {
            metered = metered(handover.request());
        } catch (RuntimeException e) {
            handovers.keep(handover);
            throw e;
        }
        LiveSession session = LiveSession.goOn(handover, loop, outside);
        add(session, metered, true, place);
        log.info(
                "live.resumed session={} tenant={}",
                handover.request().id(),
                handover.request().tenant());
        return session;
    }

    /** One that can be resumed is there a little longer, for a client that has not read its end. */
    private void forget(LiveSession session, boolean resumable) {
        UUID id = session.request().id();
        if (resumable && !stopping.get()) {
            var unused = session.loop()
                    .schedule(
                            () -> sessions.remove(id),
                            outside.settings().resumeWithin().toNanos(),
                            TimeUnit.NANOSECONDS);
        } else {
            sessions.remove(id);
        }
    }

    /** How many are live. */
    public int count() {
        return live(session -> true).size();
    }

    private List<LiveSession> live(Predicate<LiveSession> which) {
        return sessions.values().stream()
                .filter(session -> !session.whenEnded().isDone())
                .filter(which)
                .toList();
    }

    /** Those of a tenant, or with null everybody's, oldest first. */
    public List<LiveStanding> list(@Nullable String tenant) {
        return live(session -> tenant == null || session.request().tenant().equals(tenant)).stream()
                .map(LiveStanding::of)
                .sorted(Comparator.comparing(LiveStanding::startedAt).thenComparing(LiveStanding::id))
                .toList();
    }

    /**
     * Closes one.
     *
     * @param tenant whose it must be; null is anybody's
     * @throws Refusal NOT_FOUND when there is no such session
     */
    public void close(@Nullable String tenant, UUID id) {
        LiveSession session = live(one -> one.request().id().equals(id)
                        && (tenant == null || one.request().tenant().equals(tenant)))
                .stream()
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("stream " + id + " is not live on this hub"));
        session.close(new LiveFault(Why.CLOSED_BY_OPERATOR, "an operator closed the stream"));
    }

    /** The API keys by which those that are live were opened. */
    public Set<UUID> keys() {
        return live(session -> true).stream()
                .map(session -> session.request().keyId())
                .filter(Objects::nonNull)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Closes those whose keys are not valid any more. */
    public void closeRevoked(Predicate<UUID> valid) {
        live(session -> true).stream()
                .filter(session -> {
                    UUID key = session.request().keyId();
                    return key != null && !valid.test(key);
                })
                .forEach(session ->
                        session.fail(new LiveFault(Why.KEY_REVOKED, "the API key of this stream was revoked")));
    }

    /**
     * Takes no more sessions, and waits until those that are live are left for other hubs, where their clients can resume
     * them, or have ended and are stored. The clients are told.
     */
    public void stop(Duration within) throws InterruptedException {
        stopping.set(true);
        List<LiveSession> last = live(session -> true);
        LiveFault why = new LiveFault(Why.HUB_STOPS, "this hub stops: connect again");
        last.forEach(session -> session.handOver(handovers::keep, why));
        try {
            CompletableFuture.allOf(last.stream().map(LiveSession::whenEnded).toArray(CompletableFuture[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(count() + " live streams could not be stored in time", e);
        }
    }
}
