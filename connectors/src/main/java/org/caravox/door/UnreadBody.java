package org.caravox.door;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.requests.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a caller still sends when its request is refused. After an answer of 400, 413, 503 and the like, Tomcat closes
 * the connection of an asynchronous request without reading on ({@code Http11Processor.dispatchEndRequest}): a client
 * that sends does not listen, and finds the connection reset instead of the answer.
 */
final class UnreadBody {

    private static final Logger log = LoggerFactory.getLogger(UnreadBody.class);

    private static final int CALLER_GONE = 499;

    /** Who is answered at once: Tomcat reads on by itself after 401, 403 and 429, and nobody waits for the others. */
    private static final Set<Integer> NOT_DRAINED = Set.of(401, 403, 408, 429, CALLER_GONE);

    private static final long DRAINED_BYTES = 256L * 1024 * 1024;
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(30);
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Clock clock;

    UnreadBody(Clock clock) {
        this.clock = clock;
    }

    /** Reads the rest, at most 256 MB and 30 s of it, if such a status will be answered. */
    void drain(Exchange exchange, int status) {
        if (!NOT_DRAINED.contains(status)) {
            BodyOnDemand.in(exchange).ifPresent(this::drain);
        }
    }

    private void drain(HttpServletRequest http) {
        Deadline until = Deadline.in(DRAINED_WITHIN, clock);
        byte[] buffer = new byte[BUFFER_BYTES];
        long drained = 0;
        try {
            InputStream body = http.getInputStream();
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                drained += count;
                if (drained > DRAINED_BYTES || until.passed()) {
                    return;
                }
            }
        } catch (IOException e) {
            log.debug("body.not-drained reason=\"{}\"", e.getMessage());
        }
    }
}
