package org.caravox.door;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.caravox.requests.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a caller still sends when its request was refused. After an answer of 400, 413, 503 and the like, Tomcat closes the
 * connection of an asynchronous request without reading on ({@code Http11Processor.dispatchEndRequest}): a client that
 * sends does not listen, and finds the connection reset instead of the answer. So the answer goes out, and then the rest is
 * read. For the last pass of asynchronous requests.
 */
public final class UnreadBody implements Filter {

    private static final Logger log = LoggerFactory.getLogger(UnreadBody.class);

    /** After these Tomcat ends the connection ({@code AbstractProcessor.statusDropsConnection}), but for 408: it was waited for. */
    private static final Set<Integer> DROPPING = Set.of(400, 411, 413, 414, 500, 501, 503);

    private static final long DRAINED_BYTES = 256L * 1024 * 1024;
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(30);

    /** Threads that may read what nobody wants, at a time. */
    private static final int MOST = 32;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Clock clock;
    private final Semaphore draining = new Semaphore(MOST);

    public UnreadBody(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        if (response instanceof HttpServletResponse http
                && DROPPING.contains(http.getStatus())
                && !request.isAsyncStarted()
                && draining.tryAcquire()) {
            try {
                http.flushBuffer();
                drain(whole(request));
            } catch (IOException e) {
                log.debug("body.not-drained reason=\"{}\"", e.getMessage());
            } finally {
                draining.release();
            }
        }
    }

    private static ServletRequest whole(ServletRequest request) {
        return request instanceof ServletRequestWrapper wrapper ? whole(wrapper.getRequest()) : request;
    }

    private void drain(ServletRequest request) throws IOException {
        Deadline until = Deadline.in(DRAINED_WITHIN, clock);
        byte[] buffer = new byte[BUFFER_BYTES];
        InputStream body = request.getInputStream();
        long drained = 0;
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            drained += count;
            if (drained > DRAINED_BYTES || until.passed()) {
                return;
            }
        }
    }
}
