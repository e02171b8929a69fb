package org.caravox.dialogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.providers.Answered;
import org.caravox.providers.Chain;
import org.caravox.requests.Patience;
import org.caravox.usage.Consumed;
import org.caravox.usage.Meter;
import org.caravox.usage.Metered;

/** Has the chain of language models continue a conversation. */
public final class Dialogue {

    private final Chain<ChatRequest, LanguageModel> chain;

    private final Meter meter;

    public Dialogue(Chain<ChatRequest, LanguageModel> chain, Meter meter) {
        this.chain = chain;
        this.meter = meter;
    }

    /** The chain, for those who list its models. */
    public Chain<ChatRequest, LanguageModel> chain() {
        return chain;
    }

    /** The next message, whole; its usage has been recorded. */
    public Answered<Reply> reply(@Body ChatRequest request, @ExchangeProperty("patience") Patience patience)
            throws InterruptedException {
        Metered metered = begin(request, patience);
        try {
            Answered<Reply> answered =
                    chain.ask(request, patience, (provider, attempt) -> provider.reply(request, attempt));
            Reply reply = answered.value();
            metered.end(
                    answered.provider(),
                    answered.model(),
                    Consumed.tokens(reply.tokens().input(), reply.tokens().output(), reply.counted()));
            return answered;
        } catch (RuntimeException | InterruptedException e) {
            metered.release();
            throw e;
        }
    }

    /** The next message, piece by piece; its usage is recorded when the stream ends, is cut or is closed. */
    public Answered<ReplyStream> stream(@Body ChatRequest request, @ExchangeProperty("patience") Patience patience)
            throws InterruptedException {
        Metered metered = begin(request, patience);
        try {
            Answered<ReplyStream> opened =
                    chain.open(request, patience, (provider, attempt) -> provider.stream(request, attempt));
            ReplyStream watched = new Watched(request, opened, patience, metered);
            return new Answered<>(
                    watched, opened.provider(), opened.model(), opened.warnings(), opened.attempts(), opened.call());
        } catch (RuntimeException | InterruptedException e) {
            metered.release();
            throw e;
        }
    }

    private Metered begin(ChatRequest request, Patience patience) {
        return meter.begin(chain, request, patience, assumed -> {
            Tokens most = Tokens.estimate(request.characters(), 0);
            return Consumed.tokens(most.input(), request.mostOutput(assumed.outputTokens()), false);
        });
    }

    /** Tells the line how the stream ended, and the meter what was delivered. */
    private static final class Watched implements ReplyStream {
        private final ChatRequest request;
        private final Answered<ReplyStream> opened;
        private final Patience patience;
        private final Metered metered;
        private long written;

        Watched(ChatRequest request, Answered<ReplyStream> opened, Patience patience, Metered metered) {
            this.request = request;
            this.opened = opened;
            this.patience = patience;
            this.metered = metered;
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
                    meter();
                } else {
                    written += characters(next.get());
                }
                return next;
            } catch (IOException | RuntimeException e) {
                Chain.brokeOff(opened.call(), e, patience);
                meter();
                throw e;
            }
        }

        private static long characters(ArrayNode choices) {
            long sum = 0;
            for (JsonNode choice : choices) {
                sum += ChatRequest.text(choice.path("delta").path("content")).length();
            }
            return sum;
        }

        /** A provider that counts at the end only has not counted a stream that was cut. */
        private void meter() {
            Tokens told = tokens();
            boolean uncounted = told.input() == 0 && told.output() == 0;
            Tokens tokens = uncounted ? Tokens.estimate(request.characters(), written) : told;
            metered.end(
                    opened.provider(),
                    opened.model(),
                    Consumed.tokens(tokens.input(), tokens.output(), !uncounted && counted()));
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
            try {
                meter();
            } finally {
                opened.value().close();
            }
        }
    }
}
