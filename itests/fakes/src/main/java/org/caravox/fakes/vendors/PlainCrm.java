package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.caravox.fakes.Kind;

/** A CRM of somebody's own: {@code POST /calls} makes a record whatever it is sent, {@code PUT /calls/{id}} changes it. */
final class PlainCrm implements Vendor {

    private final List<ObjectNode> records = new ArrayList<>();

    @Override
    public String credential(Call call) {
        String key = call.header("X-Api-Key");
        String signature = call.header("X-Signature");
        String scheme = call.header("Authorization").split(" ", 2)[0];
        return !key.isEmpty() ? key : !signature.isEmpty() ? signature : call.bearer(scheme);
    }

    @Override
    public synchronized Reply answer(Call call) {
        if (call.is("GET", "/me")) {
            return Reply.json(200, Json.object().put("account", "acme"));
        }
        if (!(call.json() instanceof ObjectNode given)) {
            return failure(400, call);
        }
        if (call.is("POST", "/calls")) {
            records.add(given.put("recordId", "r-" + (records.size() + 1)));
            return made(201, given);
        }
        for (ObjectNode known : records) {
            if (call.is("PUT", "/calls/" + known.path("recordId").asText())) {
                known.setAll(given);
                return made(200, known);
            }
        }
        return failure(404, call);
    }

    private static Reply made(int status, ObjectNode record) {
        ObjectNode told = Json.object().put("status", "ok");
        told.putObject("data").put("id", record.path("recordId").asText());
        return Reply.json(status, told);
    }

    @Override
    public synchronized List<JsonNode> records() {
        return List.copyOf(records);
    }

    @Override
    public Reply unauthorized(Call call) {
        return failure(401, call);
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT, RATE_LIMIT_NO_RETRY_AFTER, QUOTA ->
                failure(429, call).with("Retry-After", "1");
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> failure(422, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 ->
                Reply.json(200, Json.object().put("status", "error").put("message", "not taken"));
            case OVERLOADED -> failure(503, call);
            case SERVER_ERROR -> failure(500, call);
        };
    }

    @Override
    public Reply failure(int status, Call call) {
        return Reply.json(status, Json.object().put("status", "error").put("message", "the answer is " + status));
    }
}
