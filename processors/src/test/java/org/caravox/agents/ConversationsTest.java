package org.caravox.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.Encoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.audio.activity.SileroModel;
import org.caravox.calls.media.Player;
import org.caravox.dialogue.Dialogue;
import org.caravox.live.KeptHandovers;
import org.caravox.live.LiveLegs;
import org.caravox.live.LiveMetrics;
import org.caravox.live.LiveOutside;
import org.caravox.live.LiveRecord;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSessions;
import org.caravox.live.LiveSettings;
import org.caravox.live.LiveSteps;
import org.caravox.requests.Patience;
import org.caravox.speech.Conversion;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechCache;
import org.caravox.speech.SpeechSettings;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.usage.Meters;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation by real sessions, chains and threads, in real time; only the providers are simple. */
class ConversationsTest {

    private static final int RATE = 8_000;

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Chains.Thinker thinker = new Chains.Thinker("model");
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final List<AgentTurn> turns = new CopyOnWriteArrayList<>();
    private final List<ToolCall> tools = new CopyOnWriteArrayList<>();

    private final Path folder;

    ConversationsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
        workers.shutdownNow();
    }

    private final class Steps implements AgentSteps, LiveSteps {

        @Override
        public AgentTurn turn(AgentTurn turn) {
            turns.add(turn);
            return turn;
        }

        @Override
        public JsonNode tool(ToolCall call, Patience patience) {
            tools.add(call);
            return JsonNodeFactory.instance.objectNode().put("free", true);
        }

        @Override
        public LiveRequest opened(LiveRequest request) {
            return request;
        }

        @Override
        public void uttered(LiveRequest request, Utterance utterance) {}

        @Override
        public Transcript ended(LiveRecord ended) {
            done.add("transcript stored");
            return Transcript.of(
                    ended.request().id(), "u", Mode.STREAM, null, ended.heard(), ended.warnings(), Instant.EPOCH);
        }
    }

    /** Plays into nothing, in real time. */
    private static final class Clocked implements Player {
        private long heard;
        private long queued;
        private long looked = System.nanoTime();

        private synchronized void look() {
            long now = System.nanoTime();
            long moved = Math.min(queued, now - looked);
            queued -= moved;
            heard += moved;
            looked = now;
        }

        @Override
        public int sampleRateHz() {
            return RATE;
        }

        @Override
        public synchronized void play(byte[] pcm) {
            look();
            queued += pcm.length / 2 * 1_000_000_000L / RATE;
        }

        @Override
        public void mark(String name) {}

        @Override
        public synchronized void clear() {
            look();
            queued = 0;
        }

        @Override
        public synchronized Duration queued() {
            look();
            return Duration.ofNanos(queued);
        }

        @Override
        public synchronized Duration heard() {
            look();
            return Duration.ofNanos(heard);
        }
    }

    private final class Call implements AgentCall {
        private final Player player = new Clocked();

        @Override
        public UUID id() {
            return new UUID(0, 7);
        }

        @Override
        public String tenant() {
            return "acme";
        }

        @Override
        public UUID keyId() {
            return new UUID(0, 1);
        }

        @Override
        public String userId() {
            return "mary";
        }

        @Override
        public String caller() {
            return "+15550001";
        }

        @Override
        public String door() {
            return "sip";
        }

        @Override
        public boolean outbound() {
            return false;
        }

        @Override
        public ScheduledExecutorService loop() {
            return loop;
        }

        @Override
        public Player player() {
            return player;
        }

        @Override
        public void press(String keys) {}

        @Override
        public void handOver(String number, String briefing) {
            done.add("hand over to " + number + ": " + briefing);
        }

        @Override
        public void hangUp(String reason) {
            done.add("hang up: " + reason);
        }
    }

    private AgentOutside outside() throws Exception {
        Clock clock = Clock.systemUTC();
        Steps steps = new Steps();
        LiveSettings settings = new LiveSettings(
                10,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                1.25,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(30),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                false);
        LiveOutside live = new LiveOutside(
                new LiveLegs(Chains.live("ear"), workers, clock),
                steps,
                workers,
                new LiveMetrics(new SimpleMeterRegistry()),
                settings,
                System::nanoTime);
        Speech speech = new Speech(
                Chains.speech("voice"),
                new Conversion(new Encoder(Ffmpeg.bundled())),
                new SpeechCache(folder, 1 << 20, 1 << 20, JsonMapper.builder().build()),
                new SpeechSettings(1_000, "1"),
                Meters.none(),
                clock);
        ConnectionFactory nowhere = () -> {
            throw new SQLException("there is no database");
        };
        return new AgentOutside(
                new LiveSessions(live, new KeptHandovers(), Meters.none(), tenant -> 10, clock),
                new Dialogue(Chains.dialogue(thinker), Meters.none()),
                speech,
                steps,
                new ConversationRecords(Jdbi.create(nowhere), clock),
                workers,
                workers,
                clock);
    }

    private static Agent agent() {
        return new Agent(
                "test",
                "Hello.",
                null,
                null,
                null,
                null,
                null,
                Map.of(
                        "book",
                        new AgentTool("Books", null, null),
                        "hand_over",
                        BuiltIn.of("hand_over").orElseThrow()),
                null,
                new AgentHandOver("+15559", null),
                null,
                null,
                null,
                null,
                null,
                new AgentTurnEnd(null, null, AgentTurnEnd.Detector.ENERGY),
                null,
                null,
                null,
                null);
    }

    private static byte[] frame(boolean loud) {
        byte[] pcm = new byte[RATE / 25];
        for (int i = 1; loud && i < pcm.length; i += 2) {
            pcm[i] = (byte) (i % 4 == 1 ? 20 : -20);
        }
        return pcm;
    }

    @Test
    void a_caller_is_heard_a_tool_used_and_somebody_else_goes_on() throws Exception {
        thinker.replies()
                .add(List.of(
                        "{\"content\":\"Let me\"}",
                        "{\"content\":\" look.\"}",
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"book\",\"arguments\":\"{\\\"d\"}}]}",
                        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"ay\\\":5}\"}}]}"));
        thinker.replies()
                .add(
                        List.of(
                                "{\"content\":\"It is. One moment, I put you through.\"}",
                                "{\"tool_calls\":[{\"index\":0,\"id\":\"c2\",\"function\":{\"name\":\"hand_over\",\"arguments\":\"{\\\"briefing\\\":\\\"wants Friday\\\"}\"}}]}"));
        try (SileroModel silero = SileroModel.load()) {
            Conversations conversations =
                    new Conversations(outside(), silero, new AgentMetrics(new SimpleMeterRegistry()), System::nanoTime);
            Conversation conversation = conversations.begin(new Call(), agent());
            AtomicInteger frames = new AtomicInteger();
            var unused = loop.scheduleAtFixedRate(
                    () -> {
                        int number = frames.incrementAndGet();
                        conversation.heard(frame(number > 50 && number < 90));
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);

            await().atMost(Duration.ofSeconds(60)).until(() -> done.size() == 2);
        }

        assertThat(done).containsExactlyInAnyOrder("hand over to +15559: wants Friday", "transcript stored");
        assertThat(turns).singleElement().extracting(AgentTurn::said).isEqualTo("Is Friday free?");
        assertThat(tools).singleElement().satisfies(tool -> {
            assertThat(tool.name()).isEqualTo("book");
            assertThat(tool.arguments().path("day").asInt()).isEqualTo(5);
        });
    }
}
