package org.caravox.door;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer whose body goes out while it is being made: status and headers at once, then each piece as soon as it is
 * written. Nothing but its end marks such a body as whole, so one that cannot be finished must be {@link #abort aborted}:
 * the connection is cut, and the caller sees that something is missing.
 *
 * <p>A step that has begun one leaves nothing for Camel to write.
 */
public final class StreamedAnswer {

    /** Where Camel's platform-http puts the servlet response. */
    private static final String SERVLET_RESPONSE = "CamelHttpServletResponse";

    private static final String BEGUN = "streamedAnswer";
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final Logger log = LoggerFactory.getLogger(StreamedAnswer.class);

    private final HttpServletRequest request;
    private final OutputStream out;
    private final String route;
    private boolean over;

    private StreamedAnswer(HttpServletRequest request, OutputStream out, String route) {
        this.request = request;
        this.out = out;
        this.route = route;
    }

    /**
     * Sends the status and those of the message's headers that pass the door.
     *
     * @throws IOException when the caller has gone
     */
    public static StreamedAnswer begin(Exchange exchange, int status, String contentType) throws IOException {
        return begin(exchange, status, contentType, response(exchange));
    }

    /**
     * The same for a body whose length is known.
     *
     * @throws IOException when the caller has gone
     */
    static StreamedAnswer begin(Exchange exchange, int status, String contentType, long length) throws IOException {
        HttpServletResponse response = response(exchange);
        response.setContentLengthLong(length);
        return begin(exchange, status, contentType, response);
    }

    private static StreamedAnswer begin(Exchange exchange, int status, String contentType, HttpServletResponse response)
            throws IOException {
        Message message = exchange.getMessage();
        response.setStatus(status);
        response.setContentType(contentType);
        message.getHeaders().forEach((name, value) -> {
            if (value != null && DoorHeaders.goesOut(name)) {
                response.setHeader(name, value.toString());
            }
        });
        StreamedAnswer answer = new StreamedAnswer(
                BodyOnDemand.request(exchange), response.getOutputStream(), exchange.getFromRouteId());
        exchange.setProperty(BEGUN, answer);
        exchange.setMessage(emptied(message));
        response.flushBuffer();
        return answer;
    }

    /** Camel asks a message without a body for the request's, unless it is of another kind. */
    private static Message emptied(Message message) {
        DefaultMessage empty = new DefaultMessage(message.getExchange());
        empty.setHeaders(message.getHeaders());
        return empty;
    }

    private static HttpServletResponse response(Exchange exchange) {
        if (exchange.getIn().getHeader(SERVLET_RESPONSE) instanceof HttpServletResponse response) {
            return response;
        }
        throw new IllegalStateException("no HTTP response in this exchange: only routes from platform-http: come here");
    }

    /**
     * For error handlers: cuts the answer off if one has been begun, since it is too late for any other.
     *
     * @return whether there was one, so that nothing is left to tell
     */
    public static boolean abortIfBegun(Exchange exchange) {
        StreamedAnswer begun = exchange.getProperty(BEGUN, StreamedAnswer.class);
        if (begun == null) {
            return false;
        }
        begun.abort();
        exchange.setMessage(emptied(exchange.getMessage()));
        return true;
    }

    /**
     * Sends a piece, now.
     *
     * @throws IOException when the caller has gone
     */
    public void write(byte[] piece) throws IOException {
        write(piece, 0, piece.length);
    }

    /**
     * Sends a piece, now.
     *
     * @throws IOException when the caller has gone
     */
    public void write(byte[] buffer, int offset, int length) throws IOException {
        try {
            out.write(buffer, offset, length);
            out.flush();
        } catch (IOException e) {
            over = true;
            throw e;
        }
    }

    /**
     * Sends all that there is to read, each piece as it comes. A source that fails cuts the answer off, and is told in the
     * log; a caller who has gone ends it.
     *
     * @return whether all of it was sent
     */
    public boolean pour(InputStream source) {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count;
            try {
                count = source.read(buffer);
            } catch (IOException | RuntimeException e) {
                log.warn("answer.broken-off route={} reason=\"{}\"", route, e.getMessage());
                abort();
                return false;
            }
            if (count < 0) {
                return true;
            }
            try {
                write(buffer, 0, count);
            } catch (IOException e) {
                log.info("answer.unheard route={} reason=\"the caller has gone\"", route);
                return false;
            }
        }
    }

    /** Cuts the connection, so that what was sent cannot be taken for whole. */
    public void abort() {
        if (over) {
            return;
        }
        over = true;
        CallerConnections.of(request)
                .orElseThrow(() -> new IllegalStateException(
                        "the web server lacks the valve " + CallerConnections.class.getSimpleName()))
                .cut();
    }
}
