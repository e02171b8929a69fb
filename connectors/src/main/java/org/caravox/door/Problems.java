package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.caravox.publishing.RouteIds;
import org.caravox.publishing.RoutesRefused;
import org.caravox.requests.Refusal;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionMetrics.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the caller what went wrong, as RFC 9457 says, with the member {@code error} as a short sentence. */
public final class Problems implements Processor {

    /**
     * The answer.
     *
     * @param type      a URI for the kind of problem; {@code about:blank} says that the status tells it all
     * @param title     the status in words
     * @param status    the HTTP status
     * @param error     what is wrong and what to do, in a short sentence
     * @param requestId names the request in our log
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Problem(String type, String title, int status, String error, @Nullable String requestId) {}

    private final ObjectMapper json;
    private final TranscriptionMetrics metrics;
    private final Logger log;

    public Problems(ObjectMapper json, TranscriptionMetrics metrics) {
        this(json, metrics, LoggerFactory.getLogger(Problems.class));
    }

    /** Problems that are written to another log. */
    public Problems(ObjectMapper json, TranscriptionMetrics metrics, Logger log) {
        this.json = json;
        this.metrics = metrics;
        this.log = log;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String requestId = exchange.getProperty(Admission.REQUEST_ID, String.class);
        Told told = tell(exchange, failure);
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, told.status());
        message.setHeader(Exchange.CONTENT_TYPE, "application/problem+json");
        ObjectNode problem = json.valueToTree(problem(told.status(), told.error(), requestId));
        details(failure).forEach(problem::putPOJO);
        message.setBody(json.writeValueAsBytes(problem));
    }

    private static Map<String, ?> details(@Nullable Throwable failure) {
        if (failure instanceof RoutesRefused refused) {
            return Map.of("findings", refused.findings());
        }
        return failure instanceof Refusal refusal ? refusal.details() : Map.of();
    }

    /** What all doors do with a failure, whatever the form in which they tell it: the log, the figures, the headers. */
    public Told tell(Exchange exchange, @Nullable Throwable failure) {
        Told told = Told.of(failure);
        record(exchange, told, failure);
        Message message = exchange.getMessage();
        message.setHeader(
                Exchange.HTTP_CHUNKED, false); // it has a length, so that it is whole before its connection ends
        told.retryAfter()
                .ifPresent(wait -> message.setHeader(
                        "Retry-After", Math.max(1, wait.plusMillis(999).toSeconds())));
        if (told.status() == 401) {
            message.setHeader("WWW-Authenticate", "Bearer");
        }
        return told;
    }

    /** The answer for a status, with its title from the HTTP registry (RFC 9110). */
    public static Problem problem(int status, String error, @Nullable String requestId) {
        return new Problem("about:blank", title(status), status, error, requestId);
    }

    private void record(Exchange exchange, Told told, @Nullable Throwable failure) {
        Object tenant = exchange.getProperty(Admission.TENANT);
        if (told.status() == 500 || told.status() == 502) {
            log.error(
                    "request.failed status={} tenant={} route={}",
                    told.status(),
                    tenant,
                    RouteIds.route(exchange.getFromRouteId()),
                    failure);
        } else {
            log.info(
                    "request.refused status={} tenant={} route={} reason=\"{}\"",
                    told.status(),
                    tenant,
                    RouteIds.route(exchange.getFromRouteId()),
                    told.error());
        }
        if (Boolean.TRUE.equals(exchange.getProperty(RecordingIntake.COUNTED))) {
            metrics.count(told.status() >= 500 && told.status() != 501 ? Outcome.FAILED : Outcome.REFUSED, null);
        }
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 402 -> "Payment Required";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 416 -> "Range Not Satisfiable";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 500 -> "Internal Server Error";
            default -> status < 500 ? "Client Error" : "Server Error";
        };
    }
}
