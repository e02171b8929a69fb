package org.caravox.dialogue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;

/** The parts of {@code chat.completion}. Servers that imitate OpenAI leave some out: they are filled in. */
final class Completion {

    private Completion() {}

    static void throwIfError(String provider, JsonNode root) {
        JsonNode error = root.get("error");
        if (error != null && !error.isNull()) {
            throw ErrorAnswer.within(provider, error).failure();
        }
    }

    /** The choices of a whole answer, each with all that OpenAI's schema requires. */
    static ArrayNode choices(String provider, JsonNode root) {
        if (!(root.get("choices") instanceof ArrayNode choices) || choices.isEmpty()) {
            throw garbage(provider, "answered without choices");
        }
        int index = 0;
        for (JsonNode each : choices) {
            if (!(each instanceof ObjectNode choice) || !(choice.get("message") instanceof ObjectNode message)) {
                throw garbage(provider, "answered with a choice that has no message");
            }
            fill(choice, index++);
            fill(message);
        }
        return choices;
    }

    private static void fill(ObjectNode choice, int index) {
        if (!choice.has("index")) {
            choice.put("index", index);
        }
        if (!choice.hasNonNull("finish_reason")) {
            choice.put("finish_reason", choice.path("message").has("tool_calls") ? "tool_calls" : "stop");
        }
        if (!choice.has("logprobs")) {
            choice.putNull("logprobs");
        }
    }

    private static void fill(ObjectNode message) {
        if (!message.has("role")) {
            message.put("role", "assistant");
        }
        if (!message.has("content")) {
            message.putNull("content");
        }
        if (!message.has("refusal")) {
            message.putNull("refusal");
        }
    }

    /** What the provider counted; empty when it did not. */
    static Optional<Tokens> usage(JsonNode root) {
        JsonNode usage = root.get("usage");
        if (usage == null || !usage.path("prompt_tokens").isNumber()) {
            return Optional.empty();
        }
        return Optional.of(new Tokens(
                usage.get("prompt_tokens").longValue(),
                usage.path("completion_tokens").asLong()));
    }

    /** How long the messages of a whole answer are. */
    static long characters(ArrayNode choices) {
        long characters = 0;
        for (JsonNode choice : choices) {
            characters += characters(choice.path("message"));
        }
        return characters;
    }

    /** How long a message, or a piece of one, is: what it says and what it hands to tools. */
    static long characters(JsonNode message) {
        long characters = message.path("content").asText("").length();
        for (JsonNode call : message.path("tool_calls")) {
            characters += call.path("function").path("arguments").asText("").length();
        }
        return characters;
    }

    static ProviderBusy garbage(String provider, String what) {
        return new ProviderBusy(provider, Cause.GARBAGE, what, null, null);
    }
}
