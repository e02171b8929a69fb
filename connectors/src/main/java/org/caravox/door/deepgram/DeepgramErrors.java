package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.caravox.door.Admission;
import org.caravox.door.Answers;
import org.caravox.door.Problems;
import org.caravox.door.StreamedAnswer;
import org.caravox.door.Told;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Tells the caller what went wrong in Deepgram's form. */
public final class DeepgramErrors implements Processor {

    /** The body of an error. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Failure(String errCode, String errMsg, String requestId) {}

    /** The body of an error when the request's JSON cannot be read. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Unreadable(String category, String message, String details, String requestId) {}

    private static final int LONGEST_HEADER = 500;

    private final ObjectMapper json;
    private final Problems problems;

    public DeepgramErrors(ObjectMapper json, Problems problems) {
        this.json = json;
        this.problems = problems;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Told told = problems.tell(exchange, failure);
        if (StreamedAnswer.abortIfBegun(exchange)) {
            return;
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
}
