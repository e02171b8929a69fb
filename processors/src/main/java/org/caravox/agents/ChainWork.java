package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.ReplyStream;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.providers.Answered;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the chains of providers work for a conversation, and its routes: on worker threads, which wait for them. */
final class ChainWork implements AgentWork {

    private static final Logger log = LoggerFactory.getLogger(ChainWork.class);
    private static final Duration SPEAKS_WITHIN = Duration.ofSeconds(10);
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(2);
    private static final int READS_A_SECOND = 10;

    /** Providers that end utterances themselves do it after the shortest pause that counts. */
    private final Duration endpointing;

    private final AgentCall call;
    private final Agent agent;
    private final AgentOutside outside;
    private final Executor journal;
    private final Clock clock;

    ChainWork(AgentCall call, Agent agent, AgentOutside outside) {
        this.call = call;
        this.agent = agent;
        this.outside = outside;
        this.journal = new InOrder(outside.writers());
        this.clock = outside.clock();
        this.endpointing = agent.turn().pauseShort();
    }

    /** What may wait and fail. */
    @FunctionalInterface
    private interface Waiting {
        void run() throws IOException, InterruptedException;
    }

    private void work(HangUp hangUp, Waiting work, Consumer<Throwable> failed) {
        try {
            outside.workers().execute(() -> {
                try {
                    if (!hangUp.hungUp()) {
                        work.run();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    tell(hangUp, () -> failed.accept(e));
                } catch (IOException | RuntimeException e) {
                    tell(hangUp, () -> failed.accept(e));
                }
            });
        } catch (RejectedExecutionException e) {
            Refusal refusal = new Refusal(Refusal.Reason.OVERLOADED, "too many agents are at work at once", null, e);
            tell(hangUp, () -> failed.accept(refusal));
        }
    }

    /** On the loop, unless it is of no use any more. */
    private void tell(HangUp hangUp, Runnable what) {
        if (hangUp.hungUp()) {
            return;
        }
        try {
            call.loop().execute(() -> {
                if (!hangUp.hungUp()) {
                    what.run();
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("agent.untold call={}", call.id(), e);
        }
    }

    // ---- the model
    // -----------------------------------------------------------------------------------------

    @Override
    public void think(AgentTurn turn, ArrayNode messages, boolean route, HangUp hangUp, Thoughts told) {
        work(
                hangUp,
                () -> {
                    AgentTurn asked = route ? outside.steps().turn(turn) : turn;
                    tell(hangUp, () -> told.turned(asked));
                    String answer = asked.answer();
                    if (route && answer != null) {
                        tell(hangUp, () -> told.said(answer));
                        tell(hangUp, () -> told.done(List.of()));
                    } else {
                        stream(asked, messages, hangUp, told);
                    }
                },
                told::failed);
    }

    private void stream(AgentTurn turn, ArrayNode messages, HangUp hangUp, Thoughts told)
            throws IOException, InterruptedException {
        ChatRequest request = new ChatRequest(asked(), call.tenant(), turn.provider(), body(turn, messages));
        Patience patience = new Patience(Deadline.in(agent.model().within(), clock), hangUp);
        Answered<ReplyStream> opened = outside.dialogue().stream(request, patience);
        Map<Integer, ObjectNode> calls = new TreeMap<>();
        try (ReplyStream stream = opened.value()) {
            for (Optional<ArrayNode> next = stream.next(); next.isPresent(); next = stream.next()) {
                for (JsonNode choice : next.get()) {
                    JsonNode delta = choice.path("delta");
                    String piece = ChatRequest.text(delta.path("content"));
                    if (!piece.isEmpty()) {
                        tell(hangUp, () -> told.said(piece));
                    }
                    delta.path("tool_calls").forEach(part -> add(part, calls));
                }
            }
        }
        List<Called> wanted = calls.values().stream().map(ChainWork::called).toList();
        tell(hangUp, () -> told.done(wanted));
    }

    private UUID asked() {
        UUID id = RequestIds.next();
        call.asks(id);
        return id;
    }

    private static void add(JsonNode part, Map<Integer, ObjectNode> calls) {
        ObjectNode call =
                calls.computeIfAbsent(part.path("index").asInt(), index -> JsonNodeFactory.instance.objectNode());
        JsonNode function = part.path("function");
        append(call, "id", part.path("id"));
        append(call, "name", function.path("name"));
        append(call, "arguments", function.path("arguments"));
    }

    private static void append(ObjectNode call, String field, JsonNode piece) {
        call.put(field, call.path(field).asText("") + piece.asText(""));
    }

    private static Called called(JsonNode call) {
        String id = call.path("id").asText();
        return new Called(
                id.isEmpty() ? "call_" + RequestIds.next() : id,
                call.path("name").asText(),
                call.path("arguments").asText());
    }

    private ObjectNode body(AgentTurn turn, ArrayNode messages) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (turn.model() != null) {
            body.put("model", turn.model());
        }
        ArrayNode all = body.putArray("messages");
        all.addObject().put("role", "system").put("content", turn.prompt());
        all.addAll(messages);
        body.put("stream", true);
        body.put("max_tokens", agent.model().mostTokens());
        if (agent.model().temperature() != null) {
            body.put("temperature", agent.model().temperature());
        }
        if (agent.answers() != null) {
            body.putObject("metadata").put("answers", agent.answers());
        }
        if (!agent.tools().isEmpty()) {
            ArrayNode tools = body.putArray("tools");
            agent.tools().forEach((name, tool) -> tools.addObject()
                    .put("type", "function")
                    .putObject("function")
                    .put("name", name)
                    .put("description", tool.description())
                    .set("parameters", tool.parameters()));
        }
        return body;
    }

    @Override
    public void tool(ToolCall called, Duration within, HangUp hangUp, Consumer<JsonNode> told) {
        work(
                hangUp,
                () -> {
                    JsonNode result = outside.steps().tool(called, new Patience(Deadline.in(within, clock), hangUp));
                    tell(hangUp, () -> told.accept(result));
                },
                why -> {
                    log.warn(
                            "agent.tool_failed call={} tenant={} tool={} reason=\"{}\"",
                            call.id(),
                            call.tenant(),
                            called.name(),
                            why.getMessage());
                    String sentence = why instanceof Refusal ? why.getMessage() : "it did not work";
                    told.accept(JsonNodeFactory.instance.objectNode().put("error", sentence));
                });
    }

    @Override
    public void machineAnswered() {
        work(
                new HangUp(),
                () -> outside.steps().machineAnswered(call),
                why -> log.warn("agent.untold call={} reason=\"{}\"", call.id(), why.getMessage()));
    }

    // ---- the voice
    // -----------------------------------------------------------------------------------------

    @Override
    public void speak(String text, HangUp hangUp, Sounds told) {
        int rate = call.player().sampleRateHz();
        AgentVoice wish = agent.voice();
        SpeechRequest request = new SpeechRequest(
                asked(),
                call.tenant(),
                wish.provider(),
                wish.model(),
                wish.voice(),
                text,
                agent.language(),
                wish.speed(),
                wish.instructions(),
                AudioFormat.pcm(rate));
        Patience patience = new Patience(Deadline.in(SPEAKS_WITHIN, clock), hangUp);
        work(
                hangUp,
                () -> {
                    try (Spoken spoken =
                            outside.speech().speak(request, patience).value()) {
                        read(spoken.audio(), 2 * rate / READS_A_SECOND, hangUp, told);
                    }
                    tell(hangUp, told::done);
                },
                told::failed);
    }

    /** Whole samples as soon as they are there. */
    private void read(InputStream audio, int most, HangUp hangUp, Sounds told) throws IOException {
        byte[] buffer = new byte[most];
        int filled = 0;
        while (!hangUp.hungUp()) {
            int count = audio.read(buffer, filled, most - filled);
            if (count < 0) {
                return;
            }
            filled += count;
            int whole = filled - filled % 2;
            if (whole > 0) {
                byte[] pcm = Arrays.copyOf(buffer, whole);
                tell(hangUp, () -> told.audio(pcm));
                buffer[0] = buffer[filled - 1];
                filled -= whole;
            }
        }
    }

    // ---- the ear
    // -----------------------------------------------------------------------------------------

    @Override
    public void listen(HangUp hangUp, Hearing told) {
        LiveRequest request = new LiveRequest(
                call.nextStream(),
                call.tenant(),
                call.keyId(),
                call.userId(),
                call.door(),
                new RawAudio(Encoding.LINEAR16, call.player().sampleRateHz(), 1),
                agent.language(),
                agent.listen().model(),
                agent.listen().provider(),
                Options.NONE,
                true,
                endpointing,
                null,
                false,
                false,
                null,
                clock.instant());
        work(
                hangUp,
                () -> {
                    var unused = outside.live()
                            .open(request, call.loop(), false)
                            .whenComplete((session, why) -> {
                                if (session != null) {
                                    opened(session, hangUp, told);
                                } else {
                                    tell(hangUp, () -> told.failed(why));
                                }
                            });
                },
                told::failed);
    }

    private void opened(LiveSession session, HangUp hangUp, Hearing told) {
        session.attach(new Listener(hangUp, told), 0);
        Ear ear = new LiveEar(session);
        try {
            call.loop().execute(() -> told.opened(ear));
        } catch (RejectedExecutionException e) {
            session.end();
        }
    }

    /** A session, which takes no audio for silence and not for a lost caller: the call itself knows that better. */
    private final class LiveEar implements Ear {

        private final LiveSession session;
        private final Future<?> alive;

        LiveEar(LiveSession session) {
            this.session = session;
            this.alive = call.loop()
                    .scheduleWithFixedDelay(
                            session::keepAlive, ALIVE_EVERY.toNanos(), ALIVE_EVERY.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void hear(byte[] pcm) {
            session.hear(pcm);
        }

        @Override
        public void settle() {
            session.settle();
        }

        @Override
        public void end() {
            alive.cancel(false);
            session.end();
        }
    }

    private final class Listener implements LiveClient {

        private final HangUp hangUp;
        private final Hearing told;

        Listener(HangUp hangUp, Hearing told) {
            this.hangUp = hangUp;
            this.told = told;
        }

        @Override
        public void tell(long number, LiveEvent event) {
            if (event instanceof LiveEvent.Heard heard && !hangUp.hungUp()) {
                told.phrase(heard.phrase());
            }
        }

        @Override
        public void pause() {} // a person cannot be held back: what is too much waits in the session

        @Override
        public void resume() {}

        @Override
        public void ended(Transcript transcript) {}

        @Override
        public void failed(LiveFault fault) {
            ChainWork.this.tell(hangUp, () -> told.failed(new IllegalStateException(fault.message())));
        }
    }

    // ---- what is kept
    // -----------------------------------------------------------------------------------------

    @Override
    public void recall(Consumer<List<ConversationTurn>> told) {
        journal(() -> {
            List<ConversationTurn> turns = outside.records()
                    .before(call.tenant(), agent.name(), call.caller(), call.id(), agent.resumeWithin());
            if (!turns.isEmpty()) {
                call.loop().execute(() -> told.accept(turns));
            }
        });
    }

    /** The conversation begins. */
    void begun() {
        journal(() -> outside.records()
                .begin(new ConversationRecord(
                        call.id(),
                        call.tenant(),
                        agent.name(),
                        call.caller(),
                        call.userId(),
                        call.door(),
                        clock.instant(),
                        null,
                        null)));
    }

    @Override
    public void keep(ConversationTurn turn) {
        journal(() -> outside.records().add(call.tenant(), call.id(), turn));
    }

    @Override
    public void over(String how) {
        journal(() -> outside.records().end(call.tenant(), call.id(), clock.instant(), how));
    }

    private void journal(Runnable entry) {
        journal.execute(() -> {
            try {
                entry.run();
            } catch (RuntimeException e) {
                log.error("agent.unkept call={} tenant={} reason=\"{}\"", call.id(), call.tenant(), reason(e));
            }
        });
    }

    private static @Nullable String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
