package org.caravox.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.door.Admission;
import org.caravox.door.Answers;
import org.caravox.door.Warnings;
import org.caravox.providers.Answered;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers of {@code POST /v1/chat/completions} get. */
public final class ChatAnswers {

    /** The exchange property that says whether the count of tokens is wanted at the end of a stream. */
    static final String WITH_USAGE = "includeUsage";

    private static final Logger log = LoggerFactory.getLogger(ChatAnswers.class);

    private final ObjectMapper json;
    private final Clock clock;

    public ChatAnswers(ObjectMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    /** 200 with the message, whole. */
    public void whole(Exchange exchange) throws IOException {
        Answered<?> answered = answered(exchange);
        Reply reply = (Reply) answered.value();
        Warnings.tell(exchange.getMessage(), answered.warnings());
        ObjectNode body = head(exchange, "chat.completion", reply.model());
        body.set("choices", complete(reply.choices()));
        body.set("usage", usage(reply.tokens()));
        if (!answered.warnings().isEmpty()) {
            answered.warnings().forEach(body.putArray("warnings")::add);
        }
        Answers.write(json, exchange, 200, body);
    }

    private static Answered<?> answered(Exchange exchange) {
        return exchange.getMessage().getBody(Answered.class);
    }

    private ObjectNode head(Exchange exchange, String object, String model) {
        return json.createObjectNode()
                .put("id", "chatcmpl-" + exchange.getProperty(Admission.REQUEST_ID))
                .put("object", object)
                .put("created", clock.instant().getEpochSecond())
                .put("model", model);
    }

    /** OpenAI's contract wants members, if only null, that compatible servers leave out. */
    private static ArrayNode complete(ArrayNode choices) {
        for (JsonNode choice : choices) {
            if (choice instanceof ObjectNode object) {
                nullUnlessThere(object, "logprobs");
                if (object.get("message") instanceof ObjectNode message) {
                    nullUnlessThere(message, "content");
                    nullUnlessThere(message, "refusal");
                }
            }
        }
        return choices;
    }

    private static void nullUnlessThere(ObjectNode object, String name) {
        if (!object.has(name)) {
            object.putNull(name);
        }
    }

    private ObjectNode usage(Tokens tokens) {
        return json.createObjectNode()
                .put("prompt_tokens", tokens.input())
                .put("completion_tokens", tokens.output())
                .put("total_tokens", tokens.input() + tokens.output());
    }

    /**
     * 200 with the message, each piece as it comes. A provider that fails now is told of in the stream, which then ends
     * without its mark.
     *
     * @throws Refusal CALLER_GONE
     */
    public void stream(Exchange exchange) {
        Answered<?> answered = answered(exchange);
        Warnings.tell(exchange.getMessage(), answered.warnings());
        try (ReplyStream stream = (ReplyStream) answered.value()) {
            boolean withUsage = Boolean.TRUE.equals(exchange.getProperty(WITH_USAGE));
            ObjectNode chunk = head(exchange, "chat.completion.chunk", stream.model());
            EventStream events = EventStream.begin(exchange, json);
            copy(stream, events, chunk, withUsage);
        }
    }

    private void copy(ReplyStream stream, EventStream events, ObjectNode chunk, boolean withUsage) {
        try {
            boolean finished = false;
            Optional<ArrayNode> piece = stream.next();
            if (piece.isEmpty() || !namesRole(piece.get())) {
                events.send(chunk.set("choices", role()));
            }
            for (; piece.isPresent(); piece = stream.next()) {
                finished |= completePiece(piece.get());
                events.send(chunk.set("choices", piece.get()));
            }
            if (!finished) {
                events.send(chunk.set("choices", end()));
            }
        } catch (Refusal gone) {
            throw gone;
        } catch (IOException | RuntimeException e) {
            log.warn("answer.broken-off provider={} reason=\"{}\"", stream.provider(), e.getMessage());
            events.send(OpenAiErrors.brokenOff());
            return;
        }
        if (withUsage) {
            chunk.putArray("choices");
            events.send(chunk.set("usage", usage(stream.tokens())));
        }
        events.done();
    }

    private static boolean namesRole(ArrayNode choices) {
        return choices.path(0).path("delta").has("role");
    }

    /** Says whether a choice ends with this piece. */
    private static boolean completePiece(ArrayNode choices) {
        boolean ends = false;
        for (JsonNode choice : choices) {
            if (choice instanceof ObjectNode object) {
                nullUnlessThere(object, "finish_reason");
                ends |= !object.get("finish_reason").isNull();
            }
        }
        return ends;
    }

    private ArrayNode role() {
        return choices(json.createObjectNode().put("role", "assistant").put("content", ""), null);
    }

    private ArrayNode end() {
        return choices(json.createObjectNode(), "stop");
    }

    private ArrayNode choices(ObjectNode delta, @Nullable String finishReason) {
        ObjectNode choice = json.createObjectNode().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finishReason);
        return json.createArrayNode().add(choice);
    }
}
