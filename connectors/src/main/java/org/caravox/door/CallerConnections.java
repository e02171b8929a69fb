package org.caravox.door;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every request the connection it came on, to do what the servlet API cannot: to see it go, and to cut it.
 *
 * <p>Finds out that a caller has hung up while the hub works for them. The servlet API tells it only when an answer is
 * written, which is too late to stop a provider; so the connections of those who wait are looked at now and then, as
 * Tomcat itself would: with a read that does not block. A caller that closes only its own half of the connection counts
 * as gone.
 */
public final class CallerConnections extends ValveBase {

    private static final String ATTRIBUTE = "caravox.connection";

    private static final Logger log = LoggerFactory.getLogger(CallerConnections.class);

    private final ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "hang-ups");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
    private final Duration every;
    private @Nullable Future<?> looking;

    /** @param every how often the connections are looked at */
    public CallerConnections(Duration every) {
        super(true);
        this.every = every;
    }

    @Override
    protected void startInternal() throws LifecycleException {
        looking = looker.scheduleWithFixedDelay(this::look, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
        super.startInternal();
    }

    @Override
    protected void stopInternal() throws LifecycleException {
        Future<?> running = looking;
        if (running != null) {
            running.cancel(false);
        }
        super.stopInternal();
    }

    private void look() {
        for (Watch watch : watched) {
            try {
                watch.look();
            } catch (RuntimeException e) {
                log.warn("hang-up.unseen", e);
                watch.close();
            }
        }
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.setAttribute(ATTRIBUTE, new Connection(request));
        getNext().invoke(request, response);
    }

    /** The connection of a request; empty when it did not pass this valve. */
    static Optional<Connection> of(HttpServletRequest request) {
        return Optional.ofNullable((Connection) request.getAttribute(ATTRIBUTE));
    }

    /** The connection of one request. */
    final class Connection {
        private final Request request;

        private Connection(Request request) {
            this.request = request;
        }

        /** Looks at it from now on, until the watch is closed; the request's body has been read by then. */
        Watch watch() {
            Watch watch = new Watch(request.getCoyoteRequest());
            watched.add(watch);
            return watch;
        }

        /**
         * Cuts it, in the middle of an answer. Whoever answers has told why: the web server must neither log it as a failure
         * nor ask for an error page, which it would unless a listener ended the request.
         */
        void cut() {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new EndOnError());
            }
            request.getResponse()
                    .getCoyoteResponse()
                    .action(ActionCode.CLOSE_NOW, new IOException("the answer cannot be finished"));
        }
    }

    /** Ends a request that has failed. */
    private static final class EndOnError implements AsyncListener {

        @Override
        public void onError(AsyncEvent event) {
            try {
                event.getAsyncContext().complete();
            } catch (IllegalStateException e) {
                log.debug("answer.ended", e); // by whoever answered, meanwhile
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    /** A connection that is looked at. */
    final class Watch implements AutoCloseable {
        private final org.apache.coyote.Request request;
        private final HangUp hangUp = new HangUp();
        private boolean closed;

        private Watch(org.apache.coyote.Request request) {
            this.request = request;
        }

        HangUp hangUp() {
            return hangUp;
        }

        private void look() {
            if (gone()) {
                watched.remove(this);
                hangUp.hangUp();
            }
        }

        /** Tomcat says that one byte is there to read, where there is the end; a next request would be more. */
        private synchronized boolean gone() {
            if (closed) {
                return false;
            }
            request.action(ActionCode.AVAILABLE, true);
            return request.getAvailable() == 1;
        }

        @Override
        public synchronized void close() {
            closed = true;
            watched.remove(this);
        }
    }
}
