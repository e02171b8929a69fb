package org.caravox.deliveries;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.caravox.deliveries.Lanes.Claim;
import org.caravox.deliveries.Lanes.Done;
import org.caravox.deliveries.Lanes.Fetched;
import org.caravox.deliveries.Lanes.Room;
import org.caravox.deliveries.Outcome.Next;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Delivers what is due in the lanes that this hub holds. No transaction is open while an endpoint is waited for, nobody
 * waits for the slowest, and what came of attempts is written down many at a time. See {@code RATIONALE.md}.
 */
public final class DeliveryEngine {

    /** Carries one delivery to where it goes. */
    @FunctionalInterface
    public interface Carrier {

        /**
         * Sets out, and does not wait.
         *
         * @param then is told what came of it, once
         */
        void carry(Delivery delivery, Consumer<Outcome> then);
    }

    private static final Logger log = LoggerFactory.getLogger(DeliveryEngine.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration BETWEEN_CLAIMS = Duration.ofMillis(20);
    private static final Duration BACKLOG_EVERY = Duration.ofSeconds(15);
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final int MOST_LANES = 500;
    private static final int CLAIMED_TOGETHER = 200;
    private static final int BUFFER = 32;
    private static final int LOW = 12;

    /** What a lane may have taken from the table and not written down: so many come twice, at most, when a hub dies. */
    private static final int MOST_BUSY = 64;

    private static final int WRITTEN_TOGETHER = 500;

    /** One lane in this hub's hands; guarded by the engine. */
    private static final class Held {
        private final Claim claim;
        private final ArrayDeque<Delivery> ready = new ArrayDeque<>();
        /** Those that are ready, under way, or not written down yet. */
        private final Set<UUID> busy = new HashSet<>();

        private int underWay;
        /** As in TCP: it halves when the other side does not answer, so that the dead do not use up the hub. */
        private int window;

        private boolean dry;
        private boolean ordered;
        private long idleSince = System.nanoTime();
        private @Nullable Integer rate;
        private @Nullable Bucket bucket;

        private Held(Claim claim, int window) {
            this.claim = claim;
            this.window = window;
        }

        private void limit(@Nullable Integer to) {
            if (Objects.equals(rate, to)) {
                return;
            }
            rate = to;
            bucket = to == null
                    ? null
                    : Bucket.builder()
                            .addLimit(limit -> limit.capacity(to).refillGreedy(to, Duration.ofSeconds(1)))
                            .build();
        }
    }

    private record Start(Held lane, Delivery delivery) {}

    private final Lanes lanes;
    private final DeliverySettings settings;
    private final DeliveryMetrics metrics;
    private final Clock clock;
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final LinkedBlockingQueue<Done> results = new LinkedBlockingQueue<>();
    private final Semaphore sending = new Semaphore(0);
    private final Semaphore filling = new Semaphore(0);
    private final Semaphore leasing = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private int underWay;
    private int turn;
    private volatile boolean news = true;
    private volatile boolean running;
    private volatile long renewedAt = System.nanoTime();
    private @Nullable Carrier carrier;

    public DeliveryEngine(Lanes lanes, DeliverySettings settings, DeliveryMetrics metrics, Clock clock) {
        this.lanes = lanes;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Begins to deliver. */
    public void start(Carrier with) {
        carrier = with;
        running = true;
        renewedAt = System.nanoTime();
        threads.add(thread("deliveries-lease", this::live));
        threads.add(thread("deliveries-fill", this::fill));
        threads.add(thread("deliveries-send", this::send));
        threads.add(thread("deliveries-write", this::write));
        threads.forEach(Thread::start);
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** There is something new. */
    public void wake() {
        news = true;
        ring(filling);
    }

    /** Waits for what is under way, writes it down, and gives the lanes back. */
    public void stop() {
        running = false;
        ring(filling);
        ring(sending);
        ring(leasing);
        long until = System.nanoTime() + STOP_WITHIN.toNanos();
        threads.forEach(thread -> join(thread, until));
        threads.clear();
        List<Claim> claims = claims();
        if (!claims.isEmpty()) {
            quietly("release", () -> lanes.release(claims));
        }
        synchronized (this) {
            held.clear();
        }
    }

    private static void join(Thread thread, long until) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ring(Semaphore bell) {
        if (bell.availablePermits() == 0) {
            bell.release();
        }
    }

    private static void await(Semaphore bell, Duration atMost) {
        try {
            if (bell.tryAcquire(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS)) {
                bell.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Claim> claims() {
        return held.values().stream().map(lane -> lane.claim).toList();
    }

    // ---- Leases

    private void live() {
        long measuredAt = System.nanoTime() - BACKLOG_EVERY.toNanos();
        while (running || somethingUnderWay()) {
            renew();
            if (System.nanoTime() - measuredAt >= BACKLOG_EVERY.toNanos()) {
                measuredAt = System.nanoTime();
                quietly("measure", () -> metrics.backlog(lanes.backlog()));
            }
            await(leasing, settings.lease().dividedBy(5));
        }
    }

    private void renew() {
        List<Claim> claims = claims();
        long before = System.nanoTime();
        quietly("renew", () -> {
            Set<String> mine = claims.isEmpty() ? Set.of() : lanes.renew(claims);
            renewedAt = before;
            claims.stream().filter(claim -> !mine.contains(claim.lane())).forEach(this::lost);
            ring(sending);
        });
        List<Claim> idle = idle();
        if (!idle.isEmpty()) {
            quietly("release", () -> lanes.release(idle));
        }
    }

    private synchronized void lost(Claim claim) {
        Held lane = held.get(claim.lane());
        if (lane != null && lane.claim.fence() == claim.fence()) {
            held.remove(claim.lane());
            log.warn("deliveries.lane.lost lane={} fence={}", claim.lane(), claim.fence());
        }
    }

    private synchronized List<Claim> idle() {
        long now = System.nanoTime();
        List<Claim> idle = held.values().stream()
                .filter(lane -> lane.dry && lane.busy.isEmpty() && now - lane.idleSince > IDLE.toNanos())
                .map(lane -> lane.claim)
                .toList();
        idle.forEach(claim -> held.remove(claim.lane()));
        return idle;
    }

    /** The same failure again and again is told once. */
    private boolean quietly(String what, Runnable work) {
        try {
            work.run();
            failures.remove(what);
            return true;
        } catch (RuntimeException | Error e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(failures.put(what, reason))) {
                log.warn("deliveries.{}.failed reason=\"{}\": it is tried again", what, reason);
            }
            return false;
        }
    }

    // ---- From the table

    private void fill() {
        long lookedAt = System.nanoTime() - POLL.toNanos();
        while (running) {
            long since = System.nanoTime() - lookedAt;
            boolean look = since >= POLL.toNanos() || (news && since >= BETWEEN_CLAIMS.toNanos());
            if (look) {
                news = false;
                lookedAt = System.nanoTime();
                moisten();
            }
            boolean well = quietly("fill", () -> {
                if (look) {
                    claim();
                }
                refill();
            });
            await(well ? filling : new Semaphore(0), well && news ? BETWEEN_CLAIMS : POLL);
        }
    }

    private synchronized void moisten() {
        held.values().forEach(lane -> lane.dry = false);
    }

    /** While its own leases may have ended it claims nothing: it would take lanes from itself, and forget what is under way. */
    private void claim() {
        if (System.nanoTime() - renewedAt > settings.lease().toNanos()) {
            return;
        }
        int room;
        synchronized (this) {
            room = Math.min(CLAIMED_TOGETHER, MOST_LANES - held.size());
        }
        if (room <= 0) {
            return;
        }
        List<Claim> claims = lanes.claim(room);
        synchronized (this) {
            claims.forEach(claim -> held.put(claim.lane(), new Held(claim, settings.laneInFlight())));
        }
    }

    private void refill() {
        int mostBusy = Math.max(MOST_BUSY, 2 * settings.laneInFlight());
        List<Room> rooms = new ArrayList<>();
        List<UUID> busy = new ArrayList<>();
        synchronized (this) {
            for (Held lane : held.values()) {
                int room = Math.min(BUFFER - lane.ready.size(), mostBusy - lane.busy.size());
                if (!lane.dry && lane.ready.size() <= LOW && room > 0) {
                    rooms.add(new Room(lane.claim.lane(), room));
                    busy.addAll(lane.busy);
                }
            }
        }
        if (rooms.isEmpty()) {
            return;
        }
        Map<String, Fetched> next = lanes.next(rooms, busy);
        synchronized (this) {
            rooms.forEach(room -> Optional.ofNullable(held.get(room.lane()))
                    .ifPresent(lane -> add(lane, room, next.get(room.lane()))));
        }
        ring(sending);
    }

    private static void add(Held lane, Room room, @Nullable Fetched fetched) {
        List<Delivery> deliveries = fetched == null ? List.of() : fetched.deliveries();
        lane.dry = deliveries.size() < room.deliveries();
        if (fetched != null) {
            lane.limit(fetched.rate());
            lane.ordered = fetched.ordered();
        }
        for (Delivery delivery : deliveries) {
            if (lane.busy.add(delivery.id())) {
                lane.ready.add(delivery);
                lane.idleSince = System.nanoTime();
            }
        }
    }

    // ---- To the endpoints

    private void send() {
        while (running) {
            List<Start> starts = new ArrayList<>();
            Duration wait = choose(starts);
            starts.forEach(this::carry);
            if (starts.isEmpty()) {
                await(sending, wait);
            }
        }
    }

    /** Without a lease that is known to stand nothing is begun, since another hub may have. */
    private synchronized Duration choose(List<Start> starts) {
        if (System.nanoTime() - renewedAt > settings.lease().toNanos()) {
            return POLL;
        }
        List<Held> inTurn = new ArrayList<>(held.values());
        Collections.rotate(inTurn, turn++);
        long wait = POLL.toNanos();
        boolean hungry = false;
        for (Held lane : inTurn) {
            wait = Math.min(wait, choose(lane, starts));
            hungry |= !lane.dry && lane.ready.size() <= LOW;
        }
        if (hungry) {
            ring(filling);
        }
        return Duration.ofNanos(wait);
    }

    /** Says when it is worth looking again, in nanoseconds. */
    private long choose(Held lane, List<Start> starts) {
        while (lane.underWay < lane.window && underWay < settings.inFlight() && !lane.ready.isEmpty()) {
            if (lane.bucket != null) {
                ConsumptionProbe probe = lane.bucket.tryConsumeAndReturnRemaining(1);
                if (!probe.isConsumed()) {
                    return Math.max(probe.getNanosToWaitForRefill(), 1_000_000);
                }
            }
            lane.underWay++;
            underWay++;
            starts.add(new Start(lane, lane.ready.remove()));
        }
        return POLL.toNanos();
    }

    private void carry(Start start) {
        Instant at = clock.instant();
        long began = System.nanoTime();
        Consumer<Outcome> then = outcome -> arrived(start, outcome, at, Duration.ofNanos(System.nanoTime() - began));
        try {
            if (carrier != null) {
                carrier.carry(start.delivery(), then);
            }
        } catch (RuntimeException | Error e) {
            log.error("delivery.failed {}", start.delivery(), e);
            then.accept(Outcome.of(e));
        }
    }

    private void arrived(Start start, Outcome outcome, Instant at, Duration latency) {
        Delivery delivery = start.delivery();
        Duration wait = settings.wait(
                        delivery.attempt(), outcome, ThreadLocalRandom.current().nextDouble())
                .orElse(null);
        synchronized (this) {
            start.lane().underWay--;
            underWay--;
            boolean silent = outcome.next() != Next.DELIVERED && outcome.status() == null;
            start.lane().window = silent
                    ? Math.max(1, start.lane().window / 2)
                    : Math.min(settings.laneInFlight(), start.lane().window + 1);
        }
        Done done = new Done(delivery, start.lane().claim.fence(), outcome, at, latency, wait);
        results.add(done);
        ring(sending);
        metrics.count(delivery, done.status().equals("pending") ? "retried" : done.status(), latency);
        if (outcome.next() != Next.DELIVERED) {
            log.atLevel(wait == null ? Level.INFO : Level.DEBUG)
                    .log(
                            "delivery.{} {} fault={} reason=\"{}\"",
                            wait == null ? "failed" : "retried",
                            delivery,
                            outcome.fault(),
                            outcome.error());
        }
    }

    // ---- Back into the table

    private void write() {
        while (running || !results.isEmpty() || somethingUnderWay()) {
            List<Done> done = new ArrayList<>();
            try {
                Done first = results.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                done.add(first);
            } catch (InterruptedException e) {
                return;
            }
            results.drainTo(done, WRITTEN_TOGETHER - 1);
            record(done);
        }
    }

    private synchronized boolean somethingUnderWay() {
        return underWay > 0;
    }

    /** What one of them does wrong is not the others' doing: when they fail together, each is tried by itself. */
    private void record(List<Done> done) {
        if (quietly("record", () -> lanes.record(done))) {
            written(done);
            return;
        }
        await(new Semaphore(0), POLL);
        if (done.size() > 1 && quietly("record", () -> lanes.record(done.subList(0, 1)))) {
            written(done.subList(0, 1));
            done.subList(1, done.size()).forEach(each -> record(List.of(each)));
        } else { // the next time another one is first
            results.addAll(done.subList(1, done.size()));
            results.add(done.get(0));
        }
    }

    private void written(Collection<Done> done) {
        synchronized (this) {
            for (Done each : done) {
                Held lane = held.get(each.delivery().lane());
                if (lane != null && lane.claim.fence() == each.fence()) {
                    lane.busy.remove(each.delivery().id());
                    lane.dry &= !lane.ordered;
                    lane.idleSince = System.nanoTime();
                }
            }
        }
        ring(filling);
    }
}
