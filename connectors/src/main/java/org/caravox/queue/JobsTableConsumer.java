package org.caravox.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.util.ObjectHelper;
import org.caravox.jobs.LeasedWork;
import org.caravox.jobs.LeasedWork.Lease;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on leased rows, some at a time, each on a thread of its own. New work is announced by NOTIFY and, should that
 * be lost, found by polling.
 */
final class JobsTableConsumer extends DefaultConsumer {

    private static final Logger log = LoggerFactory.getLogger(JobsTableConsumer.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final LeasedWork work;
    private final DataSource database;
    private final int workers;
    private final Bell bell = new Bell();
    private final LeaseKeeper keeper;
    private volatile boolean running;
    private @Nullable ExecutorService threads;

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
        this.keeper = new LeaseKeeper(name, work, endpoint.getCamelContext(), Clock.systemUTC());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = true;
        keeper.start();
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        ExecutorService pool = executors.newFixedThreadPool(this, name + "-worker", workers + 1);
        pool.execute(new Announcements(name, database, work.channel(), () -> running, bell::ring));
        for (int worker = 0; worker < workers; worker++) {
            pool.execute(this::work);
        }
        threads = pool;
    }

    @Override
    protected void doStop() throws Exception {
        running = false;
        bell.ring();
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        keeper.stop();
        if (threads != null) {
            executors.shutdownGraceful(threads, STOP_WITHIN.toMillis());
        }
        super.doStop();
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
        LeaseKeeper.UnderWay task = keeper.begin(lease);
        try {
            route(lease, task.hangUp());
        } finally {
            task.end();
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
}
