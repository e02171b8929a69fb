package org.caravox.calls;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.caravox.calls.CallEnd.By;
import org.caravox.calls.CallEnd.Cause;
import org.caravox.calls.Places.Seeker;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.IncomingCalls;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.calls.signalling.SignalLeg.Parties;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of this hub: who may call, who takes it, and which go on. */
public final class Calls implements IncomingCalls {

    private static final Logger log = LoggerFactory.getLogger(Calls.class);
    private static final Duration BACK_IN = Duration.ofSeconds(10);

    /**
     * A call that somebody wishes to be made.
     *
     * @param tenant   whose it is
     * @param userId   the tenant's own user
     * @param to       a number or SIP address
     * @param from     what to show; null is the trunk's own
     * @param trunk    by its name; null only for full SIP addresses
     * @param route    the route that takes it when it is answered
     * @param agent    who talks, for routes that have an agent talk; null is none
     * @param within   how long it may ring; null is as the settings say
     * @param metadata kept with the record; null is nothing
     */
    public record Wanted(
            String tenant,
            String userId,
            String to,
            @Nullable String from,
            @Nullable String trunk,
            String route,
            @Nullable String agent,
            @Nullable Duration within,
            @Nullable JsonNode metadata) {}

    private final Map<UUID, Call> calls = new ConcurrentHashMap<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CallOutside outside;
    private final Places places;
    private final Semaphore listeners;
    private volatile @Nullable Consumer<Call> route;

    public Calls(CallOutside outside) {
        this.outside = outside;
        CallSettings settings = outside.settings();
        this.places = new Places(settings.most(), settings.mostOfTenant(), settings.mostOfTrunk());
        this.listeners = new Semaphore(settings.listeners());
    }

    /** Whoever takes calls from now on; null is nobody. */
    public void takenBy(@Nullable Consumer<Call> taker) {
        route = taker;
    }

    // ---- calls that come in
    // ---------------------------------------------------------------------------------------------

    @Override
    public LegListener rings(SignalLeg leg) {
        Parties parties = leg.parties();
        if (outside.settings().isEmergency(parties.to())) {
            return emergency(leg);
        }
        Optional<CallSettings.Line> number = outside.settings().behind(parties.to(), parties.trunk());
        if (number.isEmpty()) {
            return refuse(leg, "number", 404, "Not Found", null);
        }
        return rings(leg, number.get());
    }

    /**
     * Who takes a call that a tenant's own telephone platform brings, which comes on no trunk.
     *
     * @param agent  who talks; null is as the number says
     * @param number which of {@code caravox.calls.numbers} is meant to be rung; null needs an agent
     * @throws Refusal NOT_FOUND or INVALID when the tenant has no such number or agent
     */
    public CallSettings.Line line(String tenant, @Nullable String agent, @Nullable String number) {
        if (number != null && agent == null) {
            return outside.settings()
                    .behind(number, null)
                    .filter(line -> line.tenant().equals(tenant))
                    .orElseThrow(() -> Refusal.notFound("number " + number
                            + " not found: it must be one of caravox.calls.numbers that is not for some trunks only"));
        }
        checkAgent(tenant, CallSettings.BY_AGENT, agent);
        return new CallSettings.Line(tenant, CallSettings.BY_AGENT, agent, List.of(), CallSettings.Queue.NONE);
    }

    /** Somebody rings, and it is known who takes the call; otherwise as {@link #rings(SignalLeg)}. */
    public LegListener rings(SignalLeg leg, CallSettings.Line behind) {
        Parties parties = leg.parties();
        Consumer<Call> taker = route;
        if (taker == null || stopping.get()) {
            return refuse(leg, "stopping", 503, "Service Unavailable", BACK_IN);
        }
        UUID id = RequestIds.next();
        Seeker seeker = new Seeker(id, behind.tenant(), parties.trunk());
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        Optional<String> full = places.takeOrWait(seeker, behind.queue().name(), length(behind, parties), turn);
        if (full.isPresent()) {
            log.warn("call.refused from={} to={} why=\"{}\"", parties.from(), parties.to(), full.get());
            return refuse(leg, "full", 503, "Service Unavailable", BACK_IN);
        }
        CallRequest request = new CallRequest(
                id,
                behind.tenant(),
                parties.from(),
                true,
                parties.trunk(),
                parties.from(),
                parties.fromName(),
                parties.to(),
                behind.route(),
                behind.agent(),
                parties.callId(),
                parties.address(),
                parties.transport(),
                parties.recording(),
                parties.headers(),
                null,
                outside.clock().instant());
        Call call = begin(
                request,
                turn.isDone() ? null : waiting(request, behind.queue(), turn),
                leg.media().orElse(outside.media()));
        call.party().signal(leg);
        call.queue();
        try {
            taker.accept(call);
        } catch (RuntimeException e) { // the hub stops
            log.warn("call.untaken call={}", request.id(), e);
            call.decline(503, "Service Unavailable", BACK_IN);
        }
        return call.party();
    }

    /** Sessions that are recorded elsewhere hear no announcement, and so do not wait. */
    private static int length(CallSettings.Line line, Parties parties) {
        return parties.recording() ? 0 : line.queue().length();
    }

    private Waiting waiting(CallRequest request, CallSettings.Queue queue, CompletableFuture<Boolean> turn) {
        UUID id = request.id();
        log.info("call.queued call={} tenant={} queue={}", id, request.tenant(), queue.name());
        var unused = turn.whenComplete((placed, why) -> {
            log.info("call.unqueued call={} tenant={} placed={}", id, request.tenant(), Boolean.TRUE.equals(placed));
            if (!Boolean.TRUE.equals(placed)) {
                places.leave(id);
            }
        });
        return new Waiting(queue, request.startedAt(), turn, () -> places.position(id));
    }

    private Call begin(CallRequest request, @Nullable Waiting waiting, MediaEngine media) {
        Call call = new Call(request, outside, waiting, media);
        calls.put(request.id(), call);
        outside.metrics().began(request.direction());
        log.info(
                "call.began call={} tenant={} direction={} trunk={} from={} to={} route={}",
                request.id(),
                request.tenant(),
                request.direction(),
                request.trunk(),
                request.from(),
                request.to(),
                request.route());
        call.record(() -> outside.log().began(request));
        var unused = call.whenEnded().whenComplete((end, why) -> {
            calls.remove(request.id());
            places.leave(request.id());
        });
        return call;
    }

    private LegListener refuse(SignalLeg leg, String why, int status, String reason, @Nullable Duration retryAfter) {
        outside.metrics().refused(why);
        leg.decline(status, reason, retryAfter, null);
        return new Nobody();
    }

    /** A bot never answers: the call goes to a trunk that reaches people, or back to where it came from. */
    private LegListener emergency(SignalLeg leg) {
        String trunk = outside.settings().emergencyTrunk();
        Parties parties = leg.parties();
        log.warn("call.emergency from={} to={} forwarded={}", parties.from(), parties.to(), trunk != null);
        outside.metrics().refused("emergency");
        if (trunk == null) {
            leg.decline(503, "Emergency calls are not taken here", null, null);
            return new Nobody();
        }
        return new Forwarding(leg, outside, trunk).begin();
    }

    /** Nobody takes what is refused. */
    private static final class Nobody implements LegListener {
        @Override
        public SessionDescription offered(@Nullable SessionDescription offer) {
            throw new IllegalStateException("a call that was refused is offered something");
        }

        @Override
        public void ended(Ended ended) {}
    }

    // ---- calls that we make
    // ---------------------------------------------------------------------------------------------

    /**
     * Rings somebody. The route takes the call when they answer.
     *
     * @throws Refusal OVERLOADED or TOO_MANY when there is no room; INVALID or NOT_FOUND when the tenant may not call so
     */
    public Call dial(Wanted wanted) {
        Consumer<Call> taker = route;
        if (taker == null || stopping.get()) {
            throw new Refusal(Refusal.Reason.OVERLOADED, "this hub makes no calls now, try again", BACK_IN, null);
        }
        outside.settings().check(wanted);
        checkAgent(wanted.tenant(), wanted.route(), wanted.agent());
        UUID id = RequestIds.next();
        places.take(new Seeker(id, wanted.tenant(), wanted.trunk())).ifPresent(why -> {
            throw new Refusal(Refusal.Reason.TOO_MANY, why, BACK_IN, null);
        });
        CallRequest request = new CallRequest(
                id,
                wanted.tenant(),
                wanted.userId(),
                false,
                wanted.trunk(),
                wanted.from() == null ? "" : wanted.from(),
                null,
                wanted.to(),
                wanted.route(),
                wanted.agent(),
                id.toString(),
                "",
                "",
                false,
                Map.of(),
                wanted.metadata(),
                outside.clock().instant());
        Call call = begin(request, null, outside.media());
        try {
            SignalLeg leg = outside.signalling()
                    .dial(
                            new Dial(
                                    wanted.to(),
                                    wanted.from(),
                                    null,
                                    wanted.trunk(),
                                    call.party().offer(),
                                    Map.of(),
                                    wanted.within() == null ? outside.settings().ringing() : wanted.within(),
                                    null),
                            call.party());
            call.party().signal(leg);
        } catch (RuntimeException e) {
            call.party().ended(new LegListener.Ended(LegListener.Ended.Who.US, 503, "could not be rung"));
            throw e;
        }
        var unused = call.party().whenAnswered().thenRun(() -> taker.accept(call));
        return call;
    }

    private void checkAgent(String tenant, String taker, @Nullable String agent) {
        Set<String> known = outside.agents().of(tenant);
        boolean missing = agent == null && CallSettings.WITH_AGENT.contains(taker);
        if (missing || (agent != null && !known.contains(agent))) {
            throw Refusal.invalid((agent == null ? "agent is missing" : "agent \"" + agent + "\" is not known")
                    + ": there are " + String.join(", ", new TreeSet<>(known)));
        }
    }

    // ---- those that go on
    // -------------------------------------------------------------------------------------------------

    /** Those of a tenant, or with null everybody's, oldest first. */
    public List<Call> live(@Nullable String tenant) {
        return calls.values().stream()
                .filter(call -> tenant == null || call.request().tenant().equals(tenant))
                .sorted(Comparator.comparing(call -> call.request().id()))
                .toList();
    }

    /** One of a tenant's, or with null anybody's. */
    public Optional<Call> find(@Nullable String tenant, UUID id) {
        return Optional.ofNullable(calls.get(id))
                .filter(call -> tenant == null || call.request().tenant().equals(tenant));
    }

    /** How many go on, without those who wait. */
    public int count() {
        return places.taken();
    }

    /** How many callers wait for a place. */
    public int waiting() {
        return places.waiting();
    }

    /**
     * Somebody listens in on a call; whoever takes this closes it.
     *
     * @throws Refusal TOO_MANY when as many listen as may; CONFLICT when there is nothing to be heard yet
     */
    public Tap listenIn(Call call) {
        if (!listeners.tryAcquire()) {
            throw new Refusal(
                    Refusal.Reason.TOO_MANY,
                    outside.settings().listeners() + " listen in already, and no more may on this hub",
                    BACK_IN,
                    null);
        }
        AtomicBoolean listens = new AtomicBoolean(true);
        try {
            return call.listenIn(() -> {
                if (listens.getAndSet(false)) {
                    listeners.release();
                }
            });
        } catch (RuntimeException e) {
            listeners.release();
            throw e;
        }
    }

    /** How many listen in. */
    public int listeners() {
        return outside.settings().listeners() - listeners.availablePermits();
    }

    /** Which ones are alive, for the record: what a hub leaves behind is found by the others. */
    public Set<UUID> ids() {
        return Set.copyOf(calls.keySet());
    }

    private static void stop(Call call) {
        try {
            call.hangUp(new CallEnd(By.HUB, Cause.HUB_STOPPED, 503, "this hub stops"));
        } catch (CallEnded e) { // it has not begun to ring
            log.debug("call.stop call={}", call.request().id(), e);
        }
    }

    /** Takes no more, ends those that go on, and waits until all is written. */
    public void stop(Duration within) throws InterruptedException {
        stopping.set(true);
        List<Call> last = live(null);
        last.forEach(Calls::stop);
        try {
            CompletableFuture.allOf(last.stream().map(Call::whenEnded).toArray(CompletableFuture[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(calls.size() + " calls could not be ended in time", e);
        }
    }
}
