package org.caravox.dialogue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Optional;
import org.caravox.providers.Answered;
import org.caravox.providers.Chain;
import org.caravox.requests.Patience;

/** Has the chain of language models continue a conversation. */
public final class Dialogue {

    private final Chain<ChatRequest, LanguageModel> chain;

    public Dialogue(Chain<ChatRequest, LanguageModel> chain) {
        this.chain = chain;
    }

    /** The chain, for those who list its models. */
    public Chain<ChatRequest, LanguageModel> chain() {
        return chain;
    }

    /** The next message, whole; its usage has been recorded. */
    public Answered<Reply> reply(ChatRequest request, Patience patience) throws InterruptedException {
        return chain.ask(request, patience, (provider, attempt) -> provider.reply(request, attempt));
    }

    /** The next message, piece by piece; its usage is recorded when the stream is closed. */
    public Answered<ReplyStream> stream(ChatRequest request, Patience patience) throws InterruptedException {
        Answered<ReplyStream> opened =
                chain.open(request, patience, (provider, attempt) -> provider.stream(request, attempt));
        ReplyStream watched = new Watched(opened, patience);
        return new Answered<>(
                watched, opened.provider(), opened.model(), opened.warnings(), opened.attempts(), opened.call());
    }

    /** Tells the line how the stream ended. */
    private static final class Watched implements ReplyStream {
        private final Answered<ReplyStream> opened;
        private final Patience patience;

        Watched(Answered<ReplyStream> opened, Patience patience) {
            this.opened = opened;
            this.patience = patience;
        }

        @Override
        public String provider() {
            return opened.value().provider();
        }

        @Override
        public String model() {
            return opened.value().model();
        }

        @Override
        public Optional<ArrayNode> next() throws IOException {
            try {
                Optional<ArrayNode> next = opened.value().next();
                if (next.isEmpty()) {
                    opened.call().succeeded();
                }
                return next;
            } catch (IOException | RuntimeException e) {
                if (patience.hangUp().hungUp()) {
                    opened.call().abandoned();
                } else {
                    opened.call().failed(Chain.failure(provider(), e, patience));
                }
                throw e;
            }
        }

        @Override
        public Tokens tokens() {
            return opened.value().tokens();
        }

        @Override
        public boolean counted() {
            return opened.value().counted();
        }

        @Override
        public void close() {
            opened.call().abandoned();
            opened.value().close();
        }
    }
}
