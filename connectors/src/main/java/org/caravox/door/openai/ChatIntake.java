package org.caravox.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.dialogue.ChatRequest;
import org.caravox.door.Admission;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.door.JsonBody;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a caller of {@code POST /v1/chat/completions} sends: the body becomes a {@link ChatRequest}. What every
 * model needs is checked here; everything else in it is the provider's to take, to refuse or to warn of.
 */
public final class ChatIntake implements Processor {

    private static final Set<String> ROLES = Set.of("developer", "system", "user", "assistant", "tool", "function");
    private static final int LONGEST_MODEL = 256;

    /** As in OpenAI's contract. */
    private static final int MOST_CHOICES = 128;

    /** Far more than any model writes. */
    private static final int MOST_TOKENS = 10_000_000;

    private final ObjectReader json;
    private final Duration deadline;
    private final Clock clock;

    /** @param deadline how long a caller waits at most */
    public ChatIntake(ObjectMapper json, Duration deadline, Clock clock) {
        this.json = JsonBody.reader(json);
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        Body body = Body.read(BodyOnDemand.request(exchange), json);
        check(body);
        exchange.setProperty(Callers.PATIENCE, Callers.patience(exchange, deadline, clock));
        exchange.setProperty(
                ChatAnswers.WITH_USAGE,
                body.node().path("stream_options").path("include_usage").asBoolean());
        exchange.getMessage()
                .setBody(new ChatRequest(
                        exchange.getProperty(Admission.REQUEST_ID, UUID.class), tenant, null, body.node()));
    }

    private static void check(Body body) {
        body.requiredText("model", LONGEST_MODEL);
        checkMessages(body.find("messages"));
        body.checkBoolean("stream");
        body.number("temperature", 0, 2);
        body.number("top_p", 0, 1);
        body.checkWhole("n", 1, MOST_CHOICES);
        body.checkWhole("max_tokens", 1, MOST_TOKENS);
        body.checkWhole("max_completion_tokens", 1, MOST_TOKENS);
        checkList(body, "tools");
        JsonNode options = body.find("stream_options");
        if (options != null && !options.isObject()) {
            throw new WrongField("stream_options", "stream_options must be an object");
        }
        if (options != null && !body.node().path("stream").asBoolean()) {
            throw new WrongField("stream_options", "stream_options needs \"stream\": true");
        }
    }

    private static void checkList(Body body, String name) {
        JsonNode value = body.find(name);
        if (value != null && !value.isArray()) {
            throw new WrongField(name, name + " must be a list");
        }
    }

    private static void checkMessages(@Nullable JsonNode messages) {
        if (messages == null) {
            throw WrongField.missing("messages");
        }
        if (!messages.isArray() || messages.isEmpty()) {
            throw new WrongField("messages", "messages must be a list with at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            checkMessage("messages[" + i + "]", messages.get(i));
        }
    }

    private static void checkMessage(String where, JsonNode message) {
        JsonNode role = message.path("role");
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            throw new WrongField(
                    where + ".role", where + ".role must be one of developer, system, user, assistant, tool, function");
        }
        JsonNode content = message.path("content");
        boolean given = content.isTextual() || content.isArray();
        boolean without = content.isMissingNode() || content.isNull();
        boolean mayBeWithout =
                role.textValue().equals("assistant") || role.textValue().equals("function");
        if (!given && !(without && mayBeWithout)) {
            throw new WrongField(where + ".content", where + ".content must be text or a list of parts");
        }
    }
}
