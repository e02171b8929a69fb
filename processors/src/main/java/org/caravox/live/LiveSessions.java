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

/** The sessions that are live on this hub. */
public final class LiveSessions {

    private static final Duration BACK_IN = Duration.ofSeconds(5);

    private final Map<UUID, LiveSession> sessions = new ConcurrentHashMap<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final LiveOutside outside;
    private final Meter meter;
    private final ToIntFunction<String> limitOfTenant;
    private final Clock clock;

    /** @param limitOfTenant how many streams a tenant may have live on this hub */
    public LiveSessions(LiveOutside outside, Meter meter, ToIntFunction<String> limitOfTenant, Clock clock) {
        this.outside = outside;
        this.meter = meter;
        this.limitOfTenant = limitOfTenant;
        this.clock = clock;
    }

    /**
     * Opens a session, and a provider for it. May block for the time of a route, but does not wait for the provider.
     *
     * @param loop      the thread of the client's side
     * @param resumable whether it waits for a client that lost its connection
     * @return the session once a provider listens; it fails with a {@link Refusal} or with what the chain threw
     * @throws Refusal when the stream is not to begin
     */
    public CompletableFuture<LiveSession> open(LiveRequest wanted, ScheduledExecutorService loop, boolean resumable) {
        admit(wanted.tenant());
        LiveRequest request = outside.steps().opened(wanted);
        outside.legs().chain().check(request);
        Patience patience = new Patience(Deadline.in(outside.settings().longest(), clock), new HangUp());
        Metered metered =
                meter.begin(outside.legs().chain(), request, patience, assumed -> Consumed.audio(assumed.audio()));
        LiveSession session = new LiveSession(request, loop, outside, resumable);
        sessions.put(request.id(), session);
        var unused = session.whenEnded().whenComplete((ended, why) -> {
            metered.release();
            forget(session, resumable);
        });
        return session.open();
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

    private void admit(String tenant) {
        if (stopping.get()) {
            throw new Refusal(Refusal.Reason.OVERLOADED, "this hub is stopping, try again", BACK_IN, null);
        }
        int most = outside.settings().sessions();
        if (count() >= most) {
            throw new Refusal(
                    Refusal.Reason.OVERLOADED, "all " + most + " live streams of this hub are taken", BACK_IN, null);
        }
        int own = limitOfTenant.applyAsInt(tenant);
        if (live(session -> session.request().tenant().equals(tenant)).size() >= own) {
            throw new Refusal(
                    Refusal.Reason.TOO_MANY, "tenant " + tenant + " may have " + own + " live streams", BACK_IN, null);
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

    /** A session of a tenant, to resume it. */
    public Optional<LiveSession> find(String tenant, UUID id) {
        return Optional.ofNullable(sessions.get(id))
                .filter(session -> session.request().tenant().equals(tenant));
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
        session.fail(new LiveFault(Why.CLOSED_BY_OPERATOR, "an operator closed the stream"));
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

    /** Takes no more sessions, tells the clients of those that are live, and waits until what they said is stored. */
    public void stop(Duration within) throws InterruptedException {
        stopping.set(true);
        List<LiveSession> last = live(session -> true);
        last.forEach(session -> session.fail(new LiveFault(Why.HUB_STOPS, "this hub stops: connect again")));
        try {
            CompletableFuture.allOf(last.stream().map(LiveSession::whenEnded).toArray(CompletableFuture[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(count() + " live streams could not be stored in time", e);
        }
    }
}
