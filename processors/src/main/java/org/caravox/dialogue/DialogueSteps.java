package org.caravox.dialogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import org.caravox.providers.Answered;
import org.caravox.requests.Patience;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** What routes put to a language model, and what they take from its answer. */
public final class DialogueSteps {

    private final ObjectMapper json;
    private final Clock clock;

    public DialogueSteps(ObjectMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    /**
     * One question.
     *
     * @param prompt   what the model is told to be; blank is nothing
     * @param text     the question
     * @param provider the only one that may answer; blank leaves it to the chain
     * @param model    blank is the provider's own
     * @throws IllegalArgumentException when there is nothing to ask
     */
    public ChatRequest question(
            String tenant, @Nullable String prompt, @Nullable String text, String provider, String model) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("ask-model has nothing to ask: its parameter text comes to nothing");
        }
        ObjectNode body = json.createObjectNode();
        if (!model.isBlank()) {
            body.put("model", model);
        }
        ArrayNode messages = body.putArray("messages");
        if (prompt != null && !prompt.isBlank()) {
            messages.addObject().put("role", "system").put("content", prompt);
        }
        messages.addObject().put("role", "user").put("content", text);
        return new ChatRequest(RequestIds.next(), tenant, provider.isBlank() ? null : provider, body);
    }

    /** How long the answer is of use. */
    public Patience patience(Duration within) {
        return Patience.of(within, clock);
    }

    /** The words of an answer; empty when there are none. */
    public String text(Answered<Reply> answered) {
        JsonNode message = answered.value().choices().path(0).path("message");
        return ChatRequest.text(message.path("content")).strip();
    }
}
