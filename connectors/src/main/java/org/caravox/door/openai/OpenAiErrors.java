package org.caravox.door.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.caravox.door.Answers;
import org.caravox.door.Problems;
import org.caravox.door.StreamedAnswer;
import org.caravox.door.Told;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Tells the caller what went wrong in OpenAI's form. */
public final class OpenAiErrors implements Processor {

    /** The body of an error. */
    record Envelope(Fault error) {}

    /**
     * An error.
     *
     * @param message what is wrong and what to do
     * @param type    OpenAI's word for the kind
     * @param param   the field at fault; null when it is none
     * @param code    OpenAI's word for the very thing; null when it has none
     */
    record Fault(String message, String type, @Nullable String param, @Nullable String code) {}

    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    private final ObjectMapper json;
    private final Problems problems;

    public OpenAiErrors(ObjectMapper json, Problems problems) {
        this.json = json;
        this.problems = problems;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        WrongField wrong = caught instanceof WrongField field ? field : null;
        Throwable failure = wrong == null ? caught : wrong.refusal();
        Told told = problems.tell(exchange, failure);
        if (StreamedAnswer.abortIfBegun(exchange)) {
            return;
        }
        int status = isUnknownModel(failure) ? 404 : status(told.status());
        Message message = exchange.getMessage();
        if (isRetriedByClients(status) && !told.again()) {
            message.setHeader("x-should-retry", "false");
        }
        Answers.write(json, exchange, status, new Envelope(fault(told, status, failure, wrong)));
    }

    private static boolean isUnknownModel(@Nullable Throwable failure) {
        return failure instanceof Refusal refusal && refusal.reason() == Refusal.Reason.UNKNOWN_MODEL;
    }

    /** What OpenAI's clients send again by themselves. */
    private static boolean isRetriedByClients(int status) {
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }

    /** OpenAI has fewer statuses: what is wrong with a request is 400, an account that is used up 429. */
    private static int status(int status) {
        return switch (status) {
            case 415, 422 -> 400;
            case 402 -> 429;
            default -> status;
        };
    }

    private static Fault fault(Told told, int status, @Nullable Throwable failure, @Nullable WrongField wrong) {
        String message = told.error();
        if (isUnknownModel(failure)) {
            return new Fault(message, INVALID, "model", "model_not_found");
        }
        if (told.status() == 402) {
            return new Fault(message, "insufficient_quota", null, "insufficient_quota");
        }
        return switch (status) {
            case 401 -> new Fault(message, INVALID, null, "invalid_api_key");
            case 403 -> new Fault(message, "permission_error", null, null);
            case 429 -> new Fault(message, "requests", null, "rate_limit_exceeded");
            case 503 -> new Fault(message, SERVER, null, "server_is_overloaded");
            case 504 -> new Fault(message, SERVER, null, "timeout");
            default ->
                status >= 500
                        ? new Fault(message, SERVER, null, null)
                        : new Fault(message, INVALID, wrong == null ? null : wrong.field(), null);
        };
    }

    /** What is told in the middle of a stream, when it is too late for a status. */
    static Envelope brokenOff() {
        return new Envelope(new Fault("the provider broke off, try again", SERVER, null, "server_is_overloaded"));
    }
}
