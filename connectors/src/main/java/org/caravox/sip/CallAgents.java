package org.caravox.sip;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.agents.AgentCall;
import org.caravox.agents.Conversation;
import org.caravox.agents.Conversations;
import org.caravox.calls.Agents;
import org.caravox.calls.Call;
import org.caravox.calls.CallEnded;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.Player;
import org.jspecify.annotations.Nullable;

/** Agents that talk with those who call over SIP. */
public final class CallAgents implements Agents {

    private static final Duration KEY = Duration.ofMillis(160);

    private final Conversations conversations;
    private final org.caravox.agents.Agents agents;

    public CallAgents(Conversations conversations, org.caravox.agents.Agents agents) {
        this.conversations = conversations;
        this.agents = agents;
    }

    @Override
    public Set<String> of(String tenant) {
        return Set.copyOf(agents.names(tenant));
    }

    @Override
    public CompletionStage<Conversed> converse(Call call, String agent) {
        Talk talk = new Talk(call);
        Conversation conversation =
                conversations.begin(talk, agents.get(call.request().tenant(), agent));
        Call.Ear ear = new Call.Ear() {
            @Override
            public void heard(byte[] pcm) {
                conversation.heard(pcm);
            }

            @Override
            public void pressed(char digit) {
                conversation.pressed(digit);
            }
        };
        call.hear(ear);
        var unused = call.whenOver().thenAccept(reason -> {
            talk.done.completeExceptionally(new CallEnded(reason));
            talk.loop().execute(conversation::ended);
        });
        var unusedToo = conversation.over().whenComplete((how, why) -> {
            call.hearNoMore(ear);
            talk.done.complete(new Conversed(how == null ? "failed" : how, null, null));
        });
        return talk.done;
    }

    /** What an agent sees of a call. */
    private static final class Talk implements AgentCall {
        private final Call call;
        private final CompletableFuture<Conversed> done = new CompletableFuture<>();

        Talk(Call call) {
            this.call = call;
        }

        private MediaLeg audio() {
            return call.audio().orElseThrow(() -> new CallEnded("it has no audio"));
        }

        @Override
        public UUID id() {
            return call.request().id();
        }

        @Override
        public String tenant() {
            return call.request().tenant();
        }

        @Override
        public @Nullable UUID keyId() {
            return null;
        }

        @Override
        public String userId() {
            return call.request().userId();
        }

        @Override
        public String caller() {
            return call.request().inbound()
                    ? call.request().from()
                    : call.request().to();
        }

        @Override
        public String door() {
            return "sip";
        }

        @Override
        public boolean outbound() {
            return !call.request().inbound();
        }

        @Override
        public ScheduledExecutorService loop() {
            return audio().loop();
        }

        @Override
        public Player player() {
            return audio().player();
        }

        @Override
        public void press(String keys) {
            audio().press(keys, KEY);
        }

        @Override
        public void handOver(String number, String briefing) {
            done.complete(new Conversed("handed-over", number, briefing));
        }

        @Override
        public UUID nextStream() {
            return call.nextStream();
        }

        @Override
        public void asks(UUID request) {
            call.asks(request);
        }

        @Override
        public void hangUp(String reason) {
            done.complete(new Conversed("ended", null, null));
        }
    }
}
