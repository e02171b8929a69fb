package org.caravox.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.util.ObjectHelper;
import org.caravox.jobs.LeasedWork;
import org.caravox.jobs.LeasedWork.Lease;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Works on leased rows, some at a time, each on a thread of its own. New work is announced by NOTIFY and, should that
 * be lost, found by polling. A lease is renewed while its row is worked on; when it is lost, the work is called off.
 * Stopping gives all that is under way back at once.
 */
final class JobsTableConsumer extends DefaultConsumer {

    private static final Logger log = LoggerFactory.getLogger(JobsTableConsumer.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final int LISTEN_MS = 500;
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    /**
     * A lease that is worked on; its worker is interrupted only while it is at this lease. What does not heed that, like
     * a call to a provider, is told by hanging up.
     */
    private static final class UnderWay {
        private final Lease lease;
        private final HangUp hangUp = new HangUp();
        private final Thread worker = Thread.currentThread();
        private boolean over;

        UnderWay(Lease lease) {
            this.lease = lease;
        }

        synchronized void callOff() {
            if (!over) {
                worker.interrupt();
                hangUp.hangUp();
            }
        }

        synchronized void end() {
            over = true;
        }
    }

    private final String name;
    private final LeasedWork work;
    private final DataSource database;
    private final int workers;
    private final Bell bell = new Bell();
    private final Set<UnderWay> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean running;
    private @Nullable ExecutorService threads;
    private @Nullable ScheduledExecutorService heart;
    private @Nullable Future<?> heartbeat;

    JobsTableConsumer(
            JobsTableEndpoint endpoint,
            Processor processor,
            String name,
            LeasedWork work,
            DataSource database,
            int workers) {
        super(endpoint, processor);
        this.name = name;
        this.work = work;
        this.database = database;
        this.workers = workers;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = true;
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        ExecutorService pool = executors.newFixedThreadPool(this, name + "-worker", workers + 1);
        ScheduledExecutorService beat = executors.newSingleThreadScheduledExecutor(this, name + "-heartbeat");
        pool.execute(this::listen);
        for (int worker = 0; worker < workers; worker++) {
            pool.execute(this::work);
        }
        long every = Math.max(500, Math.min(2000, work.lease().toMillis() / 3));
        heartbeat = beat.scheduleWithFixedDelay(this::renew, every, every, TimeUnit.MILLISECONDS);
        threads = pool;
        heart = beat;
    }

    @Override
    protected void doStop() throws Exception {
        running = false;
        bell.ring();
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        if (heart != null && heartbeat != null) {
            heartbeat.cancel(false);
            executors.shutdownNow(heart);
        }
        underWay.forEach(task -> {
            release(task.lease);
            task.callOff();
        });
        if (threads != null) {
            executors.shutdownGraceful(threads, STOP_WITHIN.toMillis());
        }
        super.doStop();
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

    private void work() {
        while (running) {
            long heard = bell.rings();
            try {
                Optional<Lease> lease = work.claim();
                if (lease.isPresent()) {
                    process(lease.get());
                } else {
                    bell.await(heard, POLL);
                }
            } catch (InterruptedException e) {
                log.debug("queue.worker.called-off queue={}", name);
            } catch (RuntimeException | Error e) {
                log.error("queue.claim.failed queue={}: trying again", name, e);
                pause(heard);
            }
        }
    }

    private void pause(long heard) {
        try {
            bell.await(heard, POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void process(Lease lease) {
        UnderWay task = new UnderWay(lease);
        underWay.add(task);
        MDC.put("request", lease.id().toString());
        try {
            if (running) {
                route(lease, task.hangUp);
            } else {
                release(lease);
            }
        } finally {
            task.end();
            underWay.remove(task);
            if (Thread.interrupted()) {
                release(lease);
            }
            MDC.remove("request");
        }
    }

    private void route(Lease lease, HangUp hangUp) {
        Exchange exchange = createExchange(false);
        try {
            exchange.setProperty("lease", lease);
            exchange.setProperty("hangUp", hangUp);
            exchange.getIn().setBody(lease.task());
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                report(lease, exchange.getException());
            }
        } catch (Exception e) {
            report(lease, e);
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void report(Lease lease, Exception failure) {
        boolean calledOff = Thread.currentThread().isInterrupted()
                || ObjectHelper.getException(InterruptedException.class, failure) != null;
        if (calledOff) {
            log.info("queue.work.called-off queue={} id={}", name, lease.id());
        } else {
            log.error("queue.route.failed queue={} id={}: its lease will end", name, lease.id(), failure);
        }
    }

    private void renew() {
        IdentityHashMap<Lease, UnderWay> tasks = new IdentityHashMap<>();
        underWay.forEach(task -> tasks.put(task.lease, task));
        if (tasks.isEmpty()) {
            return;
        }
        try {
            work.renew(List.copyOf(tasks.keySet())).forEach(tasks::remove);
            tasks.forEach(this::callOff);
        } catch (RuntimeException e) {
            log.warn("queue.renew.failed queue={} reason=\"{}\"", name, e.getMessage());
        }
    }

    private void callOff(Lease lost, UnderWay task) {
        log.info("queue.lease.lost queue={} id={}", name, lost.id());
        task.callOff();
    }

    private void listen() {
        while (running) {
            long heard = bell.rings();
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("listen " + work.channel());
                listenOn(connection.unwrap(PGConnection.class));
            } catch (SQLException e) {
                if (running) {
                    log.warn("queue.listen.failed queue={} reason=\"{}\": polling instead", name, e.getMessage());
                    pause(heard);
                }
            }
        }
    }

    private void listenOn(PGConnection connection) throws SQLException {
        while (running) {
            if (connection.getNotifications(LISTEN_MS).length > 0) {
                bell.ring();
            }
        }
    }
}
