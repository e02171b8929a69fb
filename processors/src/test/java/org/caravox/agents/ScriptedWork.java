package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.caravox.live.Phrase;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;

/** Providers that do what a test says, in virtual time: the first token after 400 ms, audio after 150, words after 150. */
final class ScriptedWork implements AgentWork {

    static final Duration MODEL = Duration.ofMillis(400);
    static final Duration VOICE = Duration.ofMillis(150);
    static final Duration WORDS = Duration.ofMillis(150);

    /** Of speech. */
    static final Duration A_CHARACTER = Duration.ofMillis(60);

    /** What the model says next. */
    record Reply(String text, List<Called> calls) {}

    private final VirtualLoop loop;
    final Deque<Reply> replies = new ArrayDeque<>();
    final List<JsonNode> asked = new ArrayList<>();
    final List<String> prompts = new ArrayList<>();
    final List<String> spoken = new ArrayList<>();
    final List<ConversationTurn> kept = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final List<ConversationTurn> earlier = new ArrayList<>();
    final List<ToolCall> toolCalls = new ArrayList<>();
    final Set<HangUp> atWork = new HashSet<>();
    Duration modelTakes = MODEL;
    boolean modelFails;
    boolean voiceFails;
    boolean earEnded;
    long earHeard;
    int settles;
    private @Nullable Hearing hearing;
    private double at;
    private String open = "";

    ScriptedWork(VirtualLoop loop) {
        this.loop = loop;
    }

    void says(String text, Called... calls) {
        replies.add(new Reply(text, List.of(calls)));
    }

    private void in(Duration time, HangUp hangUp, Runnable what) {
        var unused = loop.schedule(
                () -> {
                    if (!hangUp.hungUp()) {
                        what.run();
                    }
                },
                time.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void think(AgentTurn turn, ArrayNode messages, boolean route, HangUp hangUp, Thoughts told) {
        asked.add(messages);
        prompts.add(turn.prompt());
        atWork.add(hangUp);
        hangUp.whenHungUp(() -> atWork.remove(hangUp));
        if (modelFails) {
            in(modelTakes, hangUp, () -> told.failed(new IllegalStateException("nobody answers")));
            return;
        }
        Reply reply = Objects.requireNonNull(replies.poll(), "the model is asked once too often");
        Duration when = modelTakes;
        for (String word : reply.text().split("(?<= )", -1)) {
            in(when, hangUp, () -> told.said(word));
            when = when.plusMillis(30);
        }
        in(when, hangUp, () -> {
            atWork.remove(hangUp);
            told.done(reply.calls());
        });
    }

    @Override
    public void speak(String text, HangUp hangUp, Sounds told) {
        spoken.add(text);
        if (voiceFails) {
            in(VOICE, hangUp, () -> told.failed(new IllegalStateException("no voice")));
            return;
        }
        atWork.add(hangUp);
        hangUp.whenHungUp(() -> atWork.remove(hangUp));
        in(VOICE, hangUp, () -> {
            for (int i = 0; i < text.length(); i++) {
                told.audio(new byte[(int) (2 * A_CHARACTER.toMillis() * VirtualCall.RATE / 1000)]);
            }
            atWork.remove(hangUp);
            told.done();
        });
    }

    @Override
    public void listen(HangUp hangUp, Hearing told) {
        hearing = told;
        told.opened(new Ear() {
            @Override
            public void hear(byte[] pcm) {
                earHeard += pcm.length;
                at += pcm.length / 2.0 / VirtualCall.RATE;
            }

            @Override
            public void settle() {
                settles++;
                String text = open;
                in(WORDS, hangUp, () -> words(text, true));
            }

            @Override
            public void end() {
                earEnded = true;
            }
        });
    }

    /** The caller's words so far, as they are heard. */
    void hears(String text) {
        open = text;
        words(text, false);
    }

    private void words(String text, boolean settled) {
        if (settled) {
            open = "";
        }
        Objects.requireNonNull(hearing)
                .phrase(new Phrase(0, Math.max(0, at - 1), 1, text, null, List.of(), settled, settled, settled));
    }

    void earFails() {
        Objects.requireNonNull(hearing).failed(new IllegalStateException("no ear"));
    }

    @Override
    public void tool(ToolCall called, Duration within, HangUp hangUp, Consumer<JsonNode> told) {
        toolCalls.add(called);
        in(
                Duration.ofMillis(200),
                hangUp,
                () -> told.accept(JsonNodeFactory.instance.objectNode().put("free", true)));
    }

    @Override
    public void recall(Consumer<List<ConversationTurn>> recalled) {
        in(Duration.ofMillis(5), new HangUp(), () -> recalled.accept(earlier));
    }

    @Override
    public void machineAnswered() {
        told.add("machine");
    }

    @Override
    public void keep(ConversationTurn turn) {
        kept.add(turn);
    }

    @Override
    public void over(String how) {
        told.add("over: " + how);
    }
}
