package org.caravox.sip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.caravox.agents.AgentSteps;
import org.caravox.agents.AgentTurn;
import org.caravox.agents.ToolCall;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.SessionPins;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;

/** Has routes take part in a conversation: {@code direct:agent-turn}, and {@code direct:tool-NAME} for each tool. */
public final class AgentRoutes implements AgentSteps {

    private static final String PROMPT = "prompt";
    private static final String PROVIDER = "provider";
    private static final String MODEL = "model";
    private static final String ANSWER = "answer";

    private final ProducerTemplate routes;
    private final ObjectMapper json;
    private final SessionPins versions;

    public AgentRoutes(ProducerTemplate routes, ObjectMapper json, SessionPins versions) {
        this.routes = routes;
        this.json = json;
        this.versions = versions;
    }

    @Override
    public AgentTurn turn(AgentTurn turn) {
        Exchange done = send("direct:agent-turn", turn.tenant(), turn.conversation(), turn.said(), exchange -> {
            exchange.setProperty("turn", turn);
            exchange.setProperty("agent", turn.agent());
            exchange.setProperty("caller", turn.caller());
            exchange.setProperty(PROMPT, turn.prompt());
            exchange.setProperty(PROVIDER, turn.provider());
            exchange.setProperty(MODEL, turn.model());
        });
        AgentTurn changed = turn.prompted(done.getProperty(PROMPT, turn.prompt(), String.class))
                .asking(done.getProperty(PROVIDER, String.class), done.getProperty(MODEL, String.class));
        String answer = done.getProperty(ANSWER, String.class);
        return answer == null ? changed : changed.answered(answer);
    }

    @Override
    public JsonNode tool(ToolCall call, Patience patience) {
        Exchange done =
                send("direct:tool-" + call.name(), call.tenant(), call.conversation(), call.arguments(), exchange -> {
                    exchange.setProperty("agent", call.agent());
                    exchange.setProperty("caller", call.caller());
                    exchange.setProperty("patience", patience);
                });
        return tree(done.getMessage().getBody());
    }

    /** What a route leaves as its body: JSON as a tree or a text, any other text, a map, a list. */
    private JsonNode tree(@Nullable Object body) {
        if (body instanceof JsonNode node) {
            return node;
        }
        if (body instanceof String || body instanceof byte[]) {
            String text = body instanceof byte[] bytes
                    ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                    : body.toString();
            try {
                return json.readTree(text);
            } catch (JsonProcessingException e) {
                return json.getNodeFactory().textNode(text);
            }
        }
        return json.valueToTree(body);
    }

    @FunctionalInterface
    private interface Prepared {
        void prepare(Exchange exchange);
    }

    private Exchange send(String route, String tenant, UUID id, Object body, Prepared prepared) {
        Exchange done = routes.send(route, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.setProperty("tenant", tenant);
            exchange.setProperty("requestId", id.toString());
            exchange.setProperty(RoutePins.PROPERTY, versions.of(id));
            prepared.prepare(exchange);
        });
        Exception failed = done.getException();
        if (failed instanceof RuntimeException known) {
            throw known;
        }
        if (failed != null) {
            throw new IllegalStateException("the route " + route + " failed", failed);
        }
        return done;
    }
}
