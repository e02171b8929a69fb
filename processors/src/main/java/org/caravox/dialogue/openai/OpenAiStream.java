package org.caravox.dialogue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.EventStream;
import org.caravox.providers.ProviderAnswer;
import org.jspecify.annotations.Nullable;

/** {@code chat.completion.chunk}s as they arrive. */
final class OpenAiStream implements ReplyStream {

    private final String provider;
    private final String model;
    private final long inputCharacters;
    private final ProviderAnswer answer;
    private final ObjectReader json;
    private final EventStream events;
    private final Queue<ArrayNode> held = new ArrayDeque<>(2);
    private @Nullable Tokens counted;
    private long outputCharacters;
    private boolean saysSomething;
    private boolean finished;
    private boolean done;

    OpenAiStream(String provider, String model, long inputCharacters, ProviderAnswer answer, ObjectReader json)
            throws IOException {
        this.provider = provider;
        this.model = model;
        this.inputCharacters = inputCharacters;
        this.answer = answer;
        this.json = json;
        this.events = new EventStream(answer.body());
    }

    /** Waits for the first piece that says something; those before it, which only name the role, are kept for later. */
    void awaitFirst() throws IOException {
        while (!saysSomething) {
            held.add(read().orElseThrow(() -> Completion.garbage(provider, "streamed no message")));
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
                endWithoutWord();
            } else if (events.is("[DONE]")) {
                done = true;
            } else {
                Optional<ArrayNode> piece = piece(json.readTree(events.data(), 0, events.length()));
                if (piece.isPresent()) {
                    return piece;
                }
            }
        }
        return Optional.empty();
    }

    /** Some servers never say {@code [DONE]}; a finished message is whole all the same. */
    private void endWithoutWord() throws IOException {
        if (!finished) {
            throw new IOException("the stream ended before its message did");
        }
        done = true;
    }

    private Optional<ArrayNode> piece(JsonNode chunk) {
        Completion.throwIfError(provider, chunk);
        Completion.usage(chunk).ifPresent(tokens -> counted = tokens);
        if (!(chunk.get("choices") instanceof ArrayNode choices)) {
            if (chunk.isObject()) {
                return Optional.empty();
            }
            throw Completion.garbage(provider, "streamed what is not a chunk of a message");
        }
        for (JsonNode each : choices) {
            if (!(each instanceof ObjectNode choice)) {
                throw Completion.garbage(provider, "streamed a choice that is not an object");
            }
            note(choice);
        }
        return choices.isEmpty() ? Optional.empty() : Optional.of(choices);
    }

    private void note(ObjectNode choice) {
        if (!choice.has("index")) {
            choice.put("index", 0);
        }
        JsonNode reason = choice.get("finish_reason");
        if (reason == null || reason.asText().isEmpty()) {
            choice.putNull("finish_reason");
        } else if (!reason.isNull()) {
            finished = true;
            saysSomething = true;
        }
        JsonNode delta = choice.get("delta");
        if (delta == null || !delta.isObject()) {
            choice.putObject("delta");
        } else {
            outputCharacters += Completion.characters(delta);
            saysSomething = saysSomething || saysSomething(delta);
        }
    }

    private static boolean saysSomething(JsonNode delta) {
        for (Map.Entry<String, JsonNode> field : delta.properties()) {
            JsonNode value = field.getValue();
            boolean empty = value.isNull()
                    || (value.isTextual() && value.textValue().isEmpty())
                    || (value.isContainerNode() && value.isEmpty());
            if (!empty && !field.getKey().equals("role")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Tokens tokens() {
        Tokens known = counted;
        return known != null ? known : Tokens.estimate(inputCharacters, outputCharacters);
    }

    @Override
    public boolean counted() {
        return counted != null;
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
