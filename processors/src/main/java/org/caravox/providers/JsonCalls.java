package org.caravox.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.requests.Patience;

/** Calls to one provider that are answered with a JSON object, whole. */
public final class JsonCalls {

    private final String provider;
    private final ProviderHttp http;
    private final ObjectMapper json;
    private final Clock clock;

    public JsonCalls(String provider, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.provider = provider;
        this.http = http;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Sends a request and reads its answer.
     *
     * @throws ProviderFailure when the answer is an error, also one that came with status 200, or no JSON object
     * @throws IOException     when the provider cannot be reached or breaks off, or its answer is no JSON
     */
    public JsonNode send(ProviderCall call, Patience patience) throws IOException {
        try (ProviderAnswer answer = http.send(call, patience)) {
            if (answer.status() < 200 || answer.status() > 299) {
                throw ErrorAnswer.read(provider, answer, json, clock).failure();
            }
            JsonNode body = AnswerJson.read(answer, json);
            if (body == null || !body.isObject()) {
                throw garbage("answered what is no JSON object");
            }
            if (body.hasNonNull("error") || body.hasNonNull("err_code")) {
                throw ErrorAnswer.of(provider, answer.status(), ErrorAnswer.retryAfter(answer, clock), body, "")
                        .failure();
            }
            return body;
        }
    }

    /** For an answer that lacks what must be in it; {@code said} reads on after the provider's name. */
    public ProviderBusy garbage(String said) {
        return new ProviderBusy(provider, Cause.GARBAGE, said, null, null);
    }

    /**
     * A number that must be in an answer.
     *
     * @throws ProviderBusy GARBAGE when it is not
     */
    public double number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw garbage("answered without a number in " + field);
        }
        return value.doubleValue();
    }

    /**
     * A text that must be in an answer; it may be empty.
     *
     * @throws ProviderBusy GARBAGE when it is not
     */
    public String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw garbage("answered without a text in " + field);
        }
        return value.textValue();
    }
}
