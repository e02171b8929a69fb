package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.caravox.agents.AgentWork.Called;
import org.jspecify.annotations.Nullable;

/** A conversation as the model is told of it: OpenAI's chat messages, the last two hundred. On the call's loop only. */
final class History {

    private static final int MOST = 200;
    private static final String BROKEN_OFF = " —";

    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();

    /** What was said in an earlier call. */
    void before(List<ConversationTurn> turns) {
        ArrayNode since = messages.deepCopy();
        messages.removeAll();
        for (ConversationTurn turn : turns) {
            if (turn.who() == ConversationTurn.Who.CALLER) {
                caller(turn.text());
            } else {
                agent(turn.text(), turn.interrupted());
            }
        }
        messages.addAll(since);
    }

    /** What the caller said; two things in a row are one, which is what all models understand. */
    void caller(String text) {
        ObjectNode last = last("user");
        if (last != null) {
            last.put("content", last.path("content").asText() + " " + text);
        } else {
            add("user").put("content", text);
        }
    }

    void agent(String text, boolean interrupted) {
        add("assistant").put("content", interrupted ? text + BROKEN_OFF : text);
    }

    /** What the model said and called. */
    void called(String text, List<Called> calls) {
        ObjectNode message = add("assistant").put("content", text);
        ArrayNode list = message.putArray("tool_calls");
        for (Called call : calls) {
            list.addObject()
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments());
        }
    }

    void result(Called call, JsonNode result) {
        add("tool").put("tool_call_id", call.id()).put("content", result.toString());
    }

    /** The caller's last message is taken back: it was not over. */
    void takeBack() {
        if (last("user") != null) {
            messages.remove(messages.size() - 1);
        }
    }

    private @Nullable ObjectNode last(String role) {
        JsonNode last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals(role) ? (ObjectNode) last : null;
    }

    private ObjectNode add(String role) {
        if (messages.size() >= MOST) {
            forgetOldest();
        }
        return messages.addObject().put("role", role);
    }

    /** Up to the next thing that the caller said: a tool's result without its call would be refused. */
    private void forgetOldest() {
        do {
            messages.remove(0);
        } while (!messages.isEmpty() && !messages.path(0).path("role").asText().equals("user"));
    }

    /** A copy. */
    ArrayNode copy() {
        return messages.deepCopy();
    }
}
