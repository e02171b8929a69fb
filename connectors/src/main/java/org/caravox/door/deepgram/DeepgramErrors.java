package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.caravox.door.Admission;
import org.caravox.door.Answers;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Problems;
import org.caravox.door.StreamedAnswer;
import org.caravox.door.Told;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the caller what went wrong in Deepgram's form. */
public final class DeepgramErrors implements Processor {

    /** The body of an error. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Failure(String errCode, String errMsg, String requestId) {}

    /** The body of an error when the request's JSON cannot be read. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Unreadable(String category, String message, String details, String requestId) {}

    private static final Logger log = LoggerFactory.getLogger(DeepgramErrors.class);
    private static final int LONGEST_HEADER = 500;
    private static final int CALLER_GONE = 499;

    /** How much of what a caller still sends is read before it is answered: clients that are sending do not listen. */
    private static final long DRAINED_BYTES = 64L * 1024 * 1024;

    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(5);
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ObjectMapper json;
    private final Problems problems;
    private final Clock clock;

    public DeepgramErrors(ObjectMapper json, Problems problems, Clock clock) {
        this.json = json;
        this.problems = problems;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Told told = problems.tell(exchange, failure);
        if (StreamedAnswer.abortIfBegun(exchange)) {
            return;
        }
        if (told.status() != CALLER_GONE) {
            drain(BodyOnDemand.request(exchange));
        }
        String id = exchange.getProperty(Admission.REQUEST_ID, "", String.class);
        int status = status(told.status());
        String sentence = sentence(told);
        Message message = exchange.getMessage();
        message.setHeader(ListenAnswers.REQUEST_ID, id);
        message.setHeader("dg-error", header(sentence));
        if (status >= 500 && !told.again()) {
            message.setHeader("x-should-retry", "false");
        }
        Answers.write(json, exchange, status, body(failure, status, sentence, id));
    }

    private static Object body(@Nullable Throwable failure, int status, String sentence, String id) {
        return failure instanceof Refusal refusal && refusal.reason() == Refusal.Reason.MALFORMED
                ? new Unreadable("INVALID_JSON", "Invalid JSON submitted.", sentence, id)
                : new Failure(isUnreachable(failure) ? "REMOTE_CONTENT_ERROR" : code(status), sentence, id);
    }

    private static boolean isUnreachable(@Nullable Throwable failure) {
        return failure instanceof Refusal refusal && refusal.reason() == Refusal.Reason.UNREACHABLE;
    }

    /** Whatever is wrong with a request itself is 400 at Deepgram. */
    static int status(int status) {
        return switch (status) {
            case 404, 409, 415, 422 -> 400;
            default -> status;
        };
    }

    static String code(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "INVALID_AUTH";
            case 402 -> "ASR_PAYMENT_REQUIRED";
            case 403 -> "INSUFFICIENT_PERMISSIONS";
            case 404 -> "NOT_FOUND";
            case 413 -> "Payload Too Large";
            case 429 -> "TOO_MANY_REQUESTS";
            case 501 -> "NOT_IMPLEMENTED";
            case 503 -> "SERVICE_UNAVAILABLE";
            case 504 -> "GATEWAY_TIMEOUT";
            default -> "INTERNAL_SERVER_ERROR";
        };
    }

    /** Fields have other names at this door. */
    static String sentence(Told told) {
        return told.error().replace("audioUrl", "url").replace("requestId", "request_id");
    }

    static String header(String sentence) {
        String line = sentence.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() > LONGEST_HEADER ? line.substring(0, LONGEST_HEADER) + "..." : line;
    }

    private void drain(HttpServletRequest http) {
        if (http.getHeader("Expect") != null) {
            return;
        }
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
