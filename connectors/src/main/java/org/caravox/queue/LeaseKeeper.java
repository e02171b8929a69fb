package org.caravox.queue;

import java.time.Clock;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.caravox.jobs.LeasedWork;
import org.caravox.jobs.LeasedWork.Lease;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Keeps the leases that this hub works on: renews them while it does, calls the work off when one is lost, gives all
 * back when it stops. It also looks for leases of others that have run out.
 */
public final class LeaseKeeper {

    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    /**
     * A lease that is worked on by the thread that began it; it is interrupted only while it is at this lease. What does
     * not heed that, like a call to a provider, is told by hanging up.
     */
    public final class UnderWay {
        private final Lease lease;
        private final HangUp hangUp = new HangUp();
        private final Thread worker = Thread.currentThread();
        private boolean calledOff;
        private boolean over;

        private UnderWay(Lease lease) {
            this.lease = lease;
        }

        /** Happens when the work is called off. */
        public HangUp hangUp() {
            return hangUp;
        }

        private synchronized void callOff() {
            if (!over) {
                calledOff = true;
                worker.interrupt();
                hangUp.hangUp();
            }
        }

        /** The work has ended, one way or another. To be called by the thread that began it. */
        public void end() {
            boolean giveBack;
            synchronized (this) {
                over = true;
                giveBack = calledOff;
            }
            underWay.remove(this);
            if (Thread.interrupted() || giveBack) {
                release(lease);
            }
            if (underWay.stream().noneMatch(other -> other.lease.id().equals(lease.id()))) {
                work.ended(lease);
            }
            MDC.remove("request");
        }
    }

    private final String name;
    private final LeasedWork work;
    private final CamelContext camel;
    private final Clock clock;
    private final Set<UnderWay> underWay = ConcurrentHashMap.newKeySet();
    /** After a pause, other hubs get a whole lease to say that they are alive, before theirs are looked at. */
    private Instant reachableSince = Instant.EPOCH;

    private Instant beatAt;
    private volatile boolean running;
    private @Nullable ScheduledExecutorService heart;
    private @Nullable Future<?> heartbeat;

    /**
     * A keeper.
     *
     * @param name for the log
     */
    public LeaseKeeper(String name, LeasedWork work, CamelContext camel, Clock clock) {
        this.clock = clock;
        this.beatAt = clock.instant();
        this.name = name;
        this.work = work;
        this.camel = camel;
    }

    /** From now on leases may begin. */
    public synchronized void start() {
        running = true;
        heart = camel.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, name + "-heartbeat");
        long every = Math.max(500, Math.min(2000, work.lease().toMillis() / 3));
        heartbeat = heart.scheduleWithFixedDelay(this::beat, every, every, TimeUnit.MILLISECONDS);
    }

    /** Gives all that is under way back, and calls it off. */
    public synchronized void stop() {
        running = false;
        if (heart != null && heartbeat != null) {
            heartbeat.cancel(false);
            camel.getExecutorServiceManager().shutdownNow(heart);
            heart = null;
        }
        List<UnderWay> tasks = List.copyOf(underWay);
        tasks.forEach(UnderWay::callOff);
        tasks.forEach(task -> release(task.lease));
    }

    /** The thread that calls begins to work on a lease. Once this keeper stops, what begins is called off at once. */
    public UnderWay begin(Lease lease) {
        UnderWay task = new UnderWay(lease);
        underWay.add(task);
        MDC.put("request", lease.id().toString());
        if (!running) {
            task.callOff();
        }
        return task;
    }

    private void release(Lease lease) {
        try {
            work.release(lease);
        } catch (RuntimeException e) {
            log.warn(
                    "queue.release.failed queue={} id={} reason=\"{}\": its lease will end",
                    name,
                    lease.id(),
                    e.getMessage());
        }
    }

    private void beat() {
        try {
            renew();
            Instant now = clock.instant();
            if (now.isAfter(beatAt.plus(work.lease().dividedBy(2)))) {
                reachableSince = now;
            }
            beatAt = now;
            if (now.isAfter(reachableSince.plus(work.lease()))) {
                work.expire();
            }
        } catch (RuntimeException | Error e) {
            log.warn("queue.renew.failed queue={} reason=\"{}\"", name, e.getMessage());
        }
    }

    private void renew() {
        IdentityHashMap<Lease, UnderWay> tasks = new IdentityHashMap<>();
        underWay.forEach(task -> tasks.put(task.lease, task));
        if (!tasks.isEmpty()) {
            work.renew(List.copyOf(tasks.keySet())).forEach(tasks::remove);
            tasks.forEach(this::callOff);
        }
    }

    private void callOff(Lease lost, UnderWay task) {
        log.info("queue.lease.lost queue={} id={}", name, lost.id());
        task.callOff();
    }
}
