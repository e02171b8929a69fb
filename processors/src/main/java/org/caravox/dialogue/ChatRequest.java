package org.caravox.dialogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.caravox.providers.Request;
import org.jspecify.annotations.Nullable;

/**
 * A conversation so far, of which the next message is wanted. Its body is that of OpenAI's {@code POST
 * /v1/chat/completions}, which most language models take as it is; the others translate it.
 *
 * @param id       names the request
 * @param tenant   whose it is
 * @param provider the only provider that may answer; null leaves it to the chain
 * @param body     with {@code messages}; checked by the door; never changed
 */
public record ChatRequest(UUID id, String tenant, @Nullable String provider, ObjectNode body) implements Request {

    /** What every provider understands, or what does not touch the answer. */
    private static final Set<String> BASIC = Set.of(
            "model",
            "messages",
            "stream",
            "stream_options",
            "metadata",
            "user",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention");

    @Override
    public @Nullable String model() {
        JsonNode model = body.get("model");
        return model == null || !model.isTextual() ? null : model.textValue();
    }

    /** Whether the message is wanted piece by piece. */
    public boolean streamed() {
        return body.path("stream").asBoolean(false);
    }

    /**
     * The options that are asked for besides those in {@code honoured}. What asks for nothing out of the ordinary ({@code
     * n: 1}, {@code logprobs: false}, a text as response format) or does not touch the answer does not count.
     */
    public Set<String> optionsBesides(Set<String> honoured) {
        Set<String> others = Set.of();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String name = field.getKey();
            if (!BASIC.contains(name) && !honoured.contains(name) && asksSomething(name, field.getValue())) {
                others = others.isEmpty() ? new TreeSet<>() : others;
                others.add(name);
            }
        }
        return others;
    }

    private static boolean asksSomething(String name, JsonNode value) {
        if (value.isNull() || (value.isContainerNode() && value.isEmpty())) {
            return false;
        }
        return switch (name) {
            case "n" -> value.asInt() != 1;
            case "presence_penalty", "frequency_penalty", "top_logprobs" -> value.asDouble() != 0;
            case "logprobs", "store" -> value.asBoolean();
            case "parallel_tool_calls" -> !value.asBoolean();
            case "response_format" -> !value.path("type").asText().equals("text");
            case "modalities" -> value.size() != 1 || !value.path(0).asText().equals("text");
            case "service_tier" ->
                !value.asText().equals("auto") && !value.asText().equals("default");
            default -> true;
        };
    }

    /** What the person said last, as plain text; empty when it is not a person's turn. */
    public String lastOfUser() {
        JsonNode messages = body.path("messages");
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).path("role").asText().equals("user")) {
                return text(messages.get(i).path("content"));
            }
        }
        return "";
    }

    /** How many characters the model reads, to estimate its tokens: the messages, and what it is told of its tools. */
    public long characters() {
        long sum = 0;
        for (JsonNode message : body.path("messages")) {
            sum += text(message.path("content")).length();
            sum += length(message.path("tool_calls"));
        }
        return sum + length(body.path("tools"));
    }

    private static int length(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? 0 : node.toString().length();
    }

    /**
     * How many tokens the model may write at most, in all choices together.
     *
     * @param otherwise where the request sets no limit
     */
    public long mostOutput(long otherwise) {
        JsonNode limit =
                body.hasNonNull("max_completion_tokens") ? body.path("max_completion_tokens") : body.path("max_tokens");
        long each = Math.max(0, limit.asLong(otherwise));
        long choices = Math.max(1, body.path("n").asLong(1));
        return each > Long.MAX_VALUE / choices ? Long.MAX_VALUE : each * choices;
    }

    /** The text of a message's content: a text, or a list of parts of which some are text. */
    public static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder all = new StringBuilder();
        content.forEach(part -> all.append(part.path("text").asText("")));
        return all.toString();
    }
}
