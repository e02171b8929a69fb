package org.caravox.dialogue.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;

/** A message of Anthropic's as OpenAI would have put it. Its thoughts are not passed on. */
final class MessagesReply {

    private final String provider;
    private final ObjectMapper json;

    MessagesReply(String provider, ObjectMapper json) {
        this.provider = provider;
        this.json = json;
    }

    Reply read(JsonNode message, String model) {
        throwIfError(provider, message);
        if (!message.path("content").isArray() || !message.path("usage").isObject()) {
            throw garbage(provider, "answered what is not a message");
        }
        ArrayNode choices = json.createArrayNode();
        ObjectNode choice = choices.addObject().put("index", 0);
        fill(choice.putObject("message").put("role", "assistant"), message.get("content"));
        choice.put("finish_reason", reason(message.path("stop_reason").asText()))
                .putNull("logprobs");
        return new Reply(provider, model, choices, tokens(message.get("usage")), true);
    }

    private void fill(ObjectNode message, JsonNode content) {
        StringBuilder text = new StringBuilder();
        ArrayNode calls = json.createArrayNode();
        for (JsonNode block : content) {
            switch (block.path("type").asText()) {
                case "text" -> text.append(block.path("text").asText());
                case "tool_use" -> call(calls.addObject(), block);
                default -> {}
            }
        }
        if (text.isEmpty() && !calls.isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", text.toString());
        }
        message.putNull("refusal");
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
    }

    private static void call(ObjectNode call, JsonNode block) {
        call.put("id", block.path("id").asText())
                .put("type", "function")
                .putObject("function")
                .put("name", block.path("name").asText())
                .put("arguments", block.path("input").toString());
    }

    /** What ended a message, in OpenAI's words. */
    static String reason(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop";
        };
    }

    /** What was read from a cache, or written into one, was input all the same. */
    static Tokens tokens(JsonNode usage) {
        long input = usage.path("input_tokens").asLong()
                + usage.path("cache_creation_input_tokens").asLong()
                + usage.path("cache_read_input_tokens").asLong();
        return new Tokens(input, usage.path("output_tokens").asLong());
    }

    static void throwIfError(String provider, JsonNode body) {
        if (body.path("type").asText().equals("error")) {
            throw failure(provider, body);
        }
    }

    static ProviderFailure failure(String provider, JsonNode body) {
        return ErrorAnswer.within(provider, body.path("error")).failure();
    }

    static ProviderBusy garbage(String provider, String what) {
        return new ProviderBusy(provider, Cause.GARBAGE, what, null, null);
    }
}
