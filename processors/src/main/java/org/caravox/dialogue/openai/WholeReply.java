package org.caravox.dialogue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.jspecify.annotations.Nullable;

/** A message that came whole although a stream was asked for: one piece. */
final class WholeReply implements ReplyStream {

    private final Reply reply;
    private @Nullable ArrayNode piece;

    WholeReply(Reply reply) {
        this.reply = reply;
        for (JsonNode each : reply.choices()) {
            ObjectNode choice = (ObjectNode) each;
            choice.set("delta", choice.remove("message"));
        }
        this.piece = reply.choices();
    }

    @Override
    public String provider() {
        return reply.provider();
    }

    @Override
    public String model() {
        return reply.model();
    }

    @Override
    public Optional<ArrayNode> next() {
        Optional<ArrayNode> next = Optional.ofNullable(piece);
        piece = null;
        return next;
    }

    @Override
    public Tokens tokens() {
        return reply.tokens();
    }

    @Override
    public boolean counted() {
        return reply.counted();
    }

    @Override
    public void close() {
        piece = null;
    }
}
