package org.caravox.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.caravox.agents.AgentWork.Called;
import org.caravox.agents.Answer.Then;

/**
 * Calls the tools that the model asks for, one after another, and notes what comes of each in the history. Those that are built
 * in are done at once. On the call's loop only; nothing here blocks.
 */
final class ToolCalls {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AgentCall call;
    private final Agent agent;
    private final AgentWork work;
    private final History history;

    ToolCalls(AgentCall call, Agent agent, AgentWork work, History history) {
        this.call = call;
        this.agent = agent;
        this.work = work;
        this.history = history;
    }

    /**
     * Calls all of them for an answer.
     *
     * @param done follows, unless the answer is over before
     */
    void call(Answer answer, Collection<Called> calls, Runnable done) {
        next(answer, new ArrayDeque<>(calls), done);
    }

    private void next(Answer answer, Deque<Called> calls, Runnable done) {
        Called next = calls.poll();
        if (next == null) {
            done.run();
            return;
        }
        answer.used(next.name());
        AgentTool listed = agent.tools().get(next.name());
        JsonNode arguments = arguments(next);
        if (listed == null || !arguments.isObject()) {
            String why = listed == null
                    ? "there is no tool " + next.name() + ": use "
                            + agent.tools().keySet()
                    : "the arguments must be a JSON object";
            history.result(next, error(why));
            next(answer, calls, done);
        } else if (BuiltIn.of(next.name()).isPresent()) {
            history.result(next, builtIn(answer, next.name(), arguments));
            next(answer, calls, done);
        } else {
            ToolCall tool = new ToolCall(call.id(), call.tenant(), agent.name(), call.caller(), next.name(), arguments);
            work.tool(tool, listed.within(), answer.hangUp(), result -> {
                if (!answer.isOver()) {
                    history.result(next, result);
                    next(answer, calls, done);
                }
            });
        }
    }

    private static JsonNode arguments(Called called) {
        try {
            String text = called.arguments();
            return text.isBlank() ? JsonNodeFactory.instance.objectNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.missingNode();
        }
    }

    private JsonNode builtIn(Answer answer, String name, JsonNode arguments) {
        switch (name) {
            case BuiltIn.HAND_OVER ->
                answer.follow(Then.HAND_OVER, arguments.path("briefing").asText(""));
            case BuiltIn.HANG_UP -> answer.follow(Then.HANG_UP, "agent");
            default -> {
                String wanted = arguments.path("keys").asText("");
                if (!wanted.matches("[0-9*#A-Dw]{1,64}")) {
                    return error("keys may be 0-9, *, #, A-D and w");
                }
                call.press(wanted);
            }
        }
        return JsonNodeFactory.instance.objectNode().put("done", true);
    }

    private static ObjectNode error(String why) {
        return JsonNodeFactory.instance.objectNode().put("error", why);
    }
}
