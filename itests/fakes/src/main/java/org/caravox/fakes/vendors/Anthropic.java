package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.caravox.fakes.Kind;

/** Anthropic's messages, plain and streamed, in the versions 2023-06-01 and 2026-10-21. */
final class Anthropic implements Vendor {

    private static final String NO_SAMPLING = "2026-10-21";

    @Override
    public String credential(Call call) {
        String key = call.header("x-api-key");
        return key.isEmpty() ? call.bearer("bearer") : key;
    }

    @Override
    public Reply answer(Call call) {
        String version = call.header("anthropic-version");
        if (version.isEmpty()) {
            return invalid("anthropic-version: header is required");
        }
        if (call.is("POST", "/v1/messages")) {
            return limits(messages(call, version));
        }
        if (call.is("GET", "/v1/models")) {
            return limits(Reply.json(200, models()));
        }
        return error(404, "not_found_error", "Not Found: " + call.path());
    }

    private static Reply limits(Reply reply) {
        return reply.with("request-id", Ids.of("req_"))
                .with("anthropic-ratelimit-requests-limit", "4000")
                .with("anthropic-ratelimit-requests-remaining", "3999");
    }

    private static Reply messages(Call call, String version) {
        JsonNode body = call.json();
        if (body.isMissingNode()) {
            return invalid("The request body is not valid JSON");
        }
        for (String field : List.of("model", "max_tokens", "messages")) {
            if (!body.hasNonNull(field)) {
                return invalid(field + ": Field required");
            }
        }
        for (String field : List.of("temperature", "top_p", "top_k")) {
            if (version.compareTo(NO_SAMPLING) >= 0 && body.has(field)) {
                return invalid(field + ": not supported in version " + version);
            }
        }
        for (JsonNode message : body.get("messages")) {
            String role = message.path("role").asText();
            if (!role.equals("user") && !role.equals("assistant")) {
                return invalid("messages: unexpected role \"" + role + "\"");
            }
        }
        return said(call, body);
    }

    private static Reply said(Call call, JsonNode body) {
        String model = body.get("model").asText();
        if (body.get("messages").isEmpty()) {
            return invalid("messages: at least one message is required");
        }
        if (model.startsWith("no-such")) {
            return error(404, "not_found_error", "model: " + model);
        }
        Chat chat = Chat.of(call, body.get("messages"), body.get("max_tokens").asInt());
        return body.path("stream").asBoolean() ? stream(model, chat) : Reply.json(200, plain(model, chat));
    }

    private static ObjectNode plain(String model, Chat chat) {
        ObjectNode message = message(model, chat, chat.tokens().size());
        message.withArray("content")
                .addObject()
                .put("type", "text")
                .put("text", chat.text())
                .putNull("citations");
        return message.put("stop_reason", ending(chat));
    }

    private static String ending(Chat chat) {
        return chat.cut() ? "max_tokens" : "end_turn";
    }

    private static ObjectNode message(String model, Chat chat, int outputTokens) {
        ObjectNode message = Json.object()
                .put("id", Ids.of("msg_"))
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence").putNull("stop_details");
        message.putNull("container");
        message.putObject("usage")
                .put("input_tokens", chat.promptTokens())
                .put("output_tokens", outputTokens)
                .put("service_tier", "standard")
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", 0)
                .putNull("cache_creation")
                .putNull("inference_geo")
                .putNull("server_tool_use");
        return message;
    }

    private static Reply stream(String model, Chat chat) {
        Sse sse = new Sse();
        ObjectNode start = event("message_start");
        start.set("message", message(model, chat, 1));
        sse.named("message_start", start);
        ObjectNode block = event("content_block_start").put("index", 0);
        block.putObject("content_block").put("type", "text").put("text", "");
        sse.named("content_block_start", block).named("ping", event("ping"));
        for (String token : chat.tokens()) {
            ObjectNode delta = event("content_block_delta").put("index", 0);
            delta.putObject("delta").put("type", "text_delta").put("text", token);
            sse.named("content_block_delta", delta);
        }
        sse.named("content_block_stop", event("content_block_stop").put("index", 0));
        ObjectNode end = event("message_delta");
        end.putObject("delta").put("stop_reason", ending(chat)).putNull("stop_sequence");
        end.putObject("usage").put("output_tokens", chat.tokens().size());
        return sse.named("message_delta", end)
                .named("message_stop", event("message_stop"))
                .reply();
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type);
    }

    private static ObjectNode models() {
        ObjectNode all = Json.object();
        all.putArray("data")
                .addObject()
                .put("type", "model")
                .put("id", "claude-fake")
                .put("display_name", "Claude Fake")
                .put("created_at", "2026-01-01T00:00:00Z")
                .putNull("capabilities")
                .put("max_input_tokens", 200_000)
                .put("max_tokens", 64_000);
        return all.put("first_id", "claude-fake").put("last_id", "claude-fake").put("has_more", false);
    }

    @Override
    public Reply unauthorized(Call call) {
        String message = credential(call).isEmpty() ? "x-api-key header is required" : "invalid x-api-key";
        return error(401, "authentication_error", message);
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> failure(429, call).with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> failure(429, call);
            case QUOTA ->
                invalid("You have reached your specified API usage limits."
                        + " You will regain access on 2027-01-01 at 00:00 UTC.");
            case REVOKED -> failure(401, call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> errorIn200(call);
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> failure(529, call);
        };
    }

    /** In a stream, an event of the name error takes the place of what follows the first words. */
    private Reply errorIn200(Call call) {
        ObjectNode body = body("overloaded_error", "Overloaded");
        Reply usual = answer(call);
        if (!Sse.TYPE.equals(usual.headers().get("Content-Type"))) {
            return Reply.json(200, body);
        }
        Reply error = new Sse().named("error", body).reply();
        List<io.vertx.core.buffer.Buffer> pieces =
                new java.util.ArrayList<>(usual.pieces().subList(0, 4));
        pieces.addAll(error.pieces());
        return Reply.stream(Sse.TYPE, pieces);
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 400 -> invalid("The request is not valid");
            case 401 -> error(401, "authentication_error", "invalid x-api-key");
            case 402 -> error(402, "billing_error", "There is a problem with your billing");
            case 403 -> error(403, "permission_error", "Your API key does not have permission");
            case 404 -> error(404, "not_found_error", "Not Found");
            case 413 -> error(413, "request_too_large", "Request exceeds the maximum size");
            case 429 -> error(429, "rate_limit_error", "This request would exceed your rate limit");
            case 504 -> error(504, "timeout_error", "The request timed out");
            case 529 -> error(529, "overloaded_error", "Overloaded");
            default -> error(status, "api_error", "Internal server error");
        };
    }

    private static Reply invalid(String message) {
        return error(400, "invalid_request_error", message);
    }

    private static Reply error(int status, String type, String message) {
        ObjectNode body = body(type, message);
        return Reply.json(status, body)
                .with("request-id", body.get("request_id").asText());
    }

    private static ObjectNode body(String type, String message) {
        ObjectNode all = Json.object().put("type", "error").put("request_id", Ids.of("req_"));
        all.putObject("error").put("type", type).put("message", message);
        return all;
    }
}
