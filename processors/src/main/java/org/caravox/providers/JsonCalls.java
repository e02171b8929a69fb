package org.caravox.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import org.caravox.requests.Patience;

/** Calls to one provider that are answered with a JSON object, whole. */
public final class JsonCalls extends AnswerFields {

    private final ProviderHttp http;
    private final ObjectMapper json;
    private final Clock clock;

    public JsonCalls(String provider, ProviderHttp http, ObjectMapper json, Clock clock) {
        super(provider);
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
                throw ErrorAnswer.read(provider(), answer, json, clock).failure();
            }
            JsonNode body = AnswerJson.read(answer, json);
            if (body == null || !body.isObject()) {
                throw garbage("answered what is no JSON object");
            }
            if (body.hasNonNull("error") || body.hasNonNull("err_code")) {
                throw ErrorAnswer.of(provider(), answer.status(), ErrorAnswer.retryAfter(answer, clock), body, "")
                        .failure();
            }
            return body;
        }
    }
}
