package org.caravox.dialogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    @Override
    public @Nullable String model() {
        JsonNode model = body.get("model");
        return model == null || !model.isTextual() ? null : model.textValue();
    }

    /** Whether the message is wanted piece by piece. */
    public boolean streamed() {
        return body.path("stream").asBoolean(false);
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
