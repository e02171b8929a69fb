package org.caravox.dialogue.answers;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;

/** An answer, word by word. */
final class SpokenAnswer implements ReplyStream {

    private final String provider;
    private final String model;
    private final long inputCharacters;
    private final String answer;
    private int at = -1;
    private boolean ended;

    SpokenAnswer(String provider, String model, long inputCharacters, String answer) {
        this.provider = provider;
        this.model = model;
        this.inputCharacters = inputCharacters;
        this.answer = answer;
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
    public Optional<ArrayNode> next() {
        if (ended) {
            return Optional.empty();
        }
        ArrayNode choices = JsonNodeFactory.instance.arrayNode(1);
        ObjectNode choice = choices.addObject().put("index", 0);
        ObjectNode delta = choice.putObject("delta");
        choice.putNull("logprobs").putNull("finish_reason");
        if (at < 0) {
            delta.put("role", "assistant").put("content", "");
            at = 0;
        } else if (at < answer.length()) {
            delta.put("content", word());
        } else {
            choice.put("finish_reason", "stop");
            ended = true;
        }
        return Optional.of(choices);
    }

    /** The next word with the space after it. */
    private String word() {
        int space = answer.indexOf(' ', at);
        int end = space < 0 ? answer.length() : space + 1;
        String word = answer.substring(at, end);
        at = end;
        return word;
    }

    @Override
    public Tokens tokens() {
        return Tokens.estimate(inputCharacters, Math.max(at, 0));
    }

    @Override
    public boolean counted() {
        return false;
    }

    @Override
    public void close() {
        ended = true;
    }
}
