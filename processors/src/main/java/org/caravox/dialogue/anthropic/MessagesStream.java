package org.caravox.dialogue.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.EventStream;
import org.caravox.providers.ProviderAnswer;
import org.jspecify.annotations.Nullable;

/** The events of a message that is being written, as OpenAI's pieces. */
final class MessagesStream implements ReplyStream {

    private final String provider;
    private final String model;
    private final ProviderAnswer answer;
    private final ObjectReader json;
    private final EventStream events;
    private final long inputCharacters;
    private final Queue<ArrayNode> held = new ArrayDeque<>(2);
    private long input;
    private long output;
    private long outputCharacters;
    private boolean counted;
    private int calls;
    private boolean inCall;
    private boolean callHasInput;
    private boolean saysSomething;
    private boolean done;

    MessagesStream(String provider, String model, long inputCharacters, ProviderAnswer answer, ObjectReader json)
            throws IOException {
        this.provider = provider;
        this.model = model;
        this.inputCharacters = inputCharacters;
        this.answer = answer;
        this.json = json;
        this.events = new EventStream(answer.body());
    }

    /** Waits for the first piece that says something; the one before it, which only names the role, is kept. */
    void awaitFirst() throws IOException {
        while (!saysSomething) {
            held.add(read().orElseThrow(() -> MessagesReply.garbage(provider, "streamed no message")));
        }
    }

    @Override
    public String provider() {
        return provider;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public Optional<ArrayNode> next() throws IOException {
        ArrayNode kept = held.poll();
        return kept != null ? Optional.of(kept) : read();
    }

    private Optional<ArrayNode> read() throws IOException {
        while (!done) {
            if (!events.next()) {
                throw new IOException("the stream ended before its message did");
            }
            Optional<ArrayNode> piece = piece(json.readTree(events.data(), 0, events.length()));
            if (piece.isPresent()) {
                return piece;
            }
        }
        return Optional.empty();
    }

    private Optional<ArrayNode> piece(JsonNode event) {
        return switch (event.path("type").asText()) {
            case "message_start" -> start(event.path("message"));
            case "content_block_start" -> begin(event.path("content_block"));
            case "content_block_delta" -> goOn(event.path("delta"));
            case "content_block_stop" -> endBlock();
            case "message_delta" -> ending(event);
            case "message_stop" -> stop();
            case "error" -> throw MessagesReply.failure(provider, event);
            case "" -> throw MessagesReply.garbage(provider, "streamed what is not an event of a message");
            default -> Optional.empty(); // ping, and events to come
        };
    }

    private Optional<ArrayNode> start(JsonNode message) {
        count(message.path("usage"));
        return Optional.of(choice(delta().put("role", "assistant").put("content", ""), null));
    }

    private Optional<ArrayNode> stop() {
        done = true;
        return Optional.empty();
    }

    /** Counts are totals so far; the last ones may leave the input out. */
    private void count(JsonNode usage) {
        Tokens tokens = MessagesReply.tokens(usage);
        input = Math.max(input, tokens.input());
        output = Math.max(output, tokens.output());
    }

    private Optional<ArrayNode> begin(JsonNode block) {
        inCall = block.path("type").asText().equals("tool_use");
        if (!inCall) {
            return text(block.path("text").asText(""));
        }
        saysSomething = true;
        callHasInput = false;
        ObjectNode call = delta();
        ObjectNode first = call.putArray("tool_calls").addObject().put("index", calls++);
        first.put("id", block.path("id").asText()).put("type", "function");
        first.putObject("function").put("name", block.path("name").asText()).put("arguments", "");
        return Optional.of(choice(call, null));
    }

    private Optional<ArrayNode> goOn(JsonNode delta) {
        return switch (delta.path("type").asText()) {
            case "text_delta" -> text(delta.path("text").asText(""));
            case "input_json_delta" -> arguments(delta.path("partial_json").asText(""));
            default -> Optional.empty();
        };
    }

    private Optional<ArrayNode> text(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        saysSomething = true;
        outputCharacters += text.length();
        return Optional.of(choice(delta().put("content", text), null));
    }

    private Optional<ArrayNode> arguments(String json) {
        if (json.isEmpty()) {
            return Optional.empty();
        }
        callHasInput = true;
        outputCharacters += json.length();
        ObjectNode more = delta();
        more.putArray("tool_calls")
                .addObject()
                .put("index", calls - 1)
                .putObject("function")
                .put("arguments", json);
        return Optional.of(choice(more, null));
    }

    /** A tool that takes nothing is handed an empty object: callers parse what they are handed. */
    private Optional<ArrayNode> endBlock() {
        boolean nothingHanded = inCall && !callHasInput;
        inCall = false;
        return nothingHanded ? arguments("{}") : Optional.empty();
    }

    private Optional<ArrayNode> ending(JsonNode event) {
        count(event.path("usage"));
        counted = true;
        JsonNode stopReason = event.path("delta").path("stop_reason");
        if (!stopReason.isTextual()) {
            return Optional.empty();
        }
        saysSomething = true;
        return Optional.of(choice(delta(), MessagesReply.reason(stopReason.textValue())));
    }

    private static ObjectNode delta() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ArrayNode choice(ObjectNode delta, @Nullable String reason) {
        ArrayNode choices = JsonNodeFactory.instance.arrayNode(1);
        choices.addObject()
                .put("index", 0)
                .<ObjectNode>set("delta", delta)
                .putNull("logprobs")
                .put("finish_reason", reason);
        return choices;
    }

    /** What Anthropic counted; of a message that broke off, its output as far as it came. */
    @Override
    public Tokens tokens() {
        Tokens estimate = Tokens.estimate(inputCharacters, outputCharacters);
        return new Tokens(input > 0 ? input : estimate.input(), counted ? output : Math.max(output, estimate.output()));
    }

    @Override
    public boolean counted() {
        return counted;
    }

    @Override
    public void close() {
        try (answer) {
            if (done) {
                events.drain();
            }
        } catch (IOException e) {
            done = false; // the message is whole: only the connection is lost
        }
    }
}
