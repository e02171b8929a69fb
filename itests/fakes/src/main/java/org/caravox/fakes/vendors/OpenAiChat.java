package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat/completions}, plain and streamed. */
final class OpenAiChat {

    Reply answer(Call call) {
        JsonNode body = call.json();
        if (body.isMissingNode()) {
            return OpenAi.invalid("body", "We could not parse the JSON body of your request.");
        }
        String model = body.path("model").asText();
        if (model.isEmpty()) {
            return OpenAi.invalid("model", "you must provide a model parameter");
        }
        if (model.startsWith("no-such")) {
            return OpenAi.noModel(model);
        }
        if (body.path("messages").isEmpty()) {
            return OpenAi.invalid("messages", "[] is too short - 'messages'");
        }
        Chat chat = Chat.of(call, body.get("messages"), maxTokens(body));
        return body.path("stream").asBoolean() ? stream(body, model, chat) : Reply.json(200, plain(model, chat));
    }

    private static int maxTokens(JsonNode body) {
        return body.path("max_completion_tokens").asInt(body.path("max_tokens").asInt(Integer.MAX_VALUE));
    }

    private static ObjectNode head(String object, String id, String model) {
        return Json.object()
                .put("id", id)
                .put("object", object)
                .put("created", Instant.now().getEpochSecond())
                .put("model", model);
    }

    private static ObjectNode plain(String model, Chat chat) {
        ObjectNode all = head("chat.completion", Ids.of("chatcmpl-"), model);
        ObjectNode choice = all.putArray("choices").addObject().put("index", 0).put("finish_reason", ending(chat));
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", chat.text())
                .putNull("refusal");
        choice.putNull("logprobs");
        all.set("usage", usage(chat));
        return all;
    }

    private static String ending(Chat chat) {
        return chat.cut() ? "length" : "stop";
    }

    private static ObjectNode usage(Chat chat) {
        int said = chat.tokens().size();
        return Json.object()
                .put("prompt_tokens", chat.promptTokens())
                .put("completion_tokens", said)
                .put("total_tokens", chat.promptTokens() + said);
    }

    private static Reply stream(JsonNode body, String model, Chat chat) {
        boolean tellsUsage = body.path("stream_options").path("include_usage").asBoolean();
        String id = Ids.of("chatcmpl-");
        Sse sse = new Sse();
        ObjectNode first = Json.object().put("role", "assistant").put("content", "");
        sse.data(chunk(id, model, first, null, tellsUsage));
        for (String token : chat.tokens()) {
            sse.data(chunk(id, model, Json.object().put("content", token), null, tellsUsage));
        }
        sse.data(chunk(id, model, Json.object(), ending(chat), tellsUsage));
        if (tellsUsage) {
            ObjectNode last = head("chat.completion.chunk", id, model);
            last.putArray("choices");
            last.set("usage", usage(chat));
            sse.data(last);
        }
        return sse.done().reply();
    }

    /** Where usage is told at the end, every other chunk says that it is null. */
    private static ObjectNode chunk(
            String id, String model, ObjectNode delta, @Nullable String ending, boolean tellsUsage) {
        ObjectNode all = head("chat.completion.chunk", id, model);
        ObjectNode choice = all.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", ending);
        if (tellsUsage) {
            all.putNull("usage");
        }
        return all;
    }
}
