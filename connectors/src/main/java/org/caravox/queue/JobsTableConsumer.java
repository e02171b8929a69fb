package org.caravox.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    private record UnderWay(Lease lease, Thread worker) {}

    private final String name;
    private final LeasedWork work;
    private final DataSource database;
    private final int workers;
    private final Bell bell = new Bell();
    private final Map<UUID, UnderWay> underWay = new ConcurrentHashMap<>();
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
        underWay.values().forEach(this::giveBack);
        if (threads != null) {
            executors.shutdownGraceful(threads, STOP_WITHIN.toMillis());
        }
        super.doStop();
    }

    private void giveBack(UnderWay task) {
        try {
            work.release(task.lease());
        } catch (RuntimeException e) {
            log.warn(
                    "queue.release.failed queue={} id={} reason=\"{}\": its lease will end",
                    name,
                    task.lease().id(),
                    e.getMessage());
        }
        task.worker().interrupt();
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
            } catch (RuntimeException e) {
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
        underWay.put(lease.id(), new UnderWay(lease, Thread.currentThread()));
        MDC.put("request", lease.id().toString());
        Exchange exchange = createExchange(false);
        try {
            exchange.setProperty("lease", lease);
            exchange.getIn().setBody(lease.task());
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                report(lease, exchange.getException());
            }
        } catch (Exception e) {
            report(lease, e);
        } finally {
            releaseExchange(exchange, false);
            underWay.remove(lease.id());
            MDC.remove("request");
            forgetInterrupt();
        }
    }

    private void report(Lease lease, Exception failure) {
        if (ObjectHelper.getException(InterruptedException.class, failure) != null) {
            log.info("queue.work.called-off queue={} id={}", name, lease.id());
        } else {
            log.error("queue.route.failed queue={} id={}: its lease will end", name, lease.id(), failure);
        }
    }

    /** The work that was called off is over; the next must not be. */
    private void forgetInterrupt() {
        if (Thread.interrupted()) {
            log.debug("queue.work.called-off queue={}", name);
        }
    }

    private void renew() {
        List<Lease> leases = underWay.values().stream().map(UnderWay::lease).toList();
        if (leases.isEmpty()) {
            return;
        }
        try {
            List<UUID> standing = work.renew(leases);
            leases.stream().filter(lease -> !standing.contains(lease.id())).forEach(this::callOff);
        } catch (RuntimeException e) {
            log.warn("queue.renew.failed queue={} reason=\"{}\"", name, e.getMessage());
        }
    }

    private void callOff(Lease lost) {
        UnderWay task = underWay.get(lost.id());
        if (task != null && task.lease().fence() == lost.fence()) {
            log.info("queue.lease.lost queue={} id={}", name, lost.id());
            task.worker().interrupt();
        }
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
