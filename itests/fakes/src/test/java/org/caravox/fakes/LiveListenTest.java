package org.caravox.fakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live stream of Deepgram's station. */
class LiveListenTest {

    private static final FakeProviders FAKES = FakeProviders.start(0);
    private static final int SECOND = 32_000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @BeforeEach
    void reset() {
        FAKES.reset();
    }

    @AfterAll
    static void close() {
        FAKES.close();
    }

    private WebSocket open(String query) {
        URI uri = URI.create("ws://127.0.0.1:" + FAKES.port() + "/deepgram/v1/listen?" + query);
        return client.newWebSocketBuilder()
                .header("Authorization", "Token " + Caller.KEY)
                .buildAsync(uri, new WebSocket.Listener() {
                    private final StringBuilder message = new StringBuilder();

                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        message.append(data);
                        if (last) {
                            told.add(message.toString());
                            message.setLength(0);
                        }
                        socket.request(1);
                        return null;
                    }

                    @Override
                    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        told.add("closed " + code);
                        return null;
                    }
                })
                .join();
    }

    private static void say(WebSocket socket, double seconds) {
        socket.sendBinary(ByteBuffer.allocate((int) (SECOND * seconds)), true).join();
    }

    /** All that is told until the stream is closed. */
    private List<String> all() throws InterruptedException {
        List<String> all = new ArrayList<>();
        String next = "";
        while (!next.startsWith("closed")) {
            next = String.valueOf(told.poll(20, TimeUnit.SECONDS));
            all.add(next);
        }
        return all;
    }

    private static List<String> finals(List<String> all) {
        return all.stream()
                .filter(one -> one.startsWith("{"))
                .map(Caller::read)
                .filter(one -> one.path("is_final").asBoolean())
                .map(one -> one.at("/channel/alternatives/0/transcript").asText())
                .toList();
    }

    @Test
    void words_are_heard_as_time_passes_and_become_final() throws InterruptedException {
        WebSocket socket = open("interim_results=true&encoding=linear16&sample_rate=16000");
        for (int i = 0; i < 40; i++) {
            say(socket, 0.1);
        }
        socket.sendText("{\"type\":\"CloseStream\"}", true).join();

        List<String> all = all();
        assertThat(finals(all)).hasSize(2);
        assertThat(String.join(" ", finals(all))).startsWith("word1 word2").endsWith("word13");
        assertThat(all).hasSizeGreaterThan(14).endsWith("closed 1000");
        JsonNode metadata = Caller.read(all.get(all.size() - 2));
        assertThat(metadata.path("type").asText()).isEqualTo("Metadata");
        assertThat(metadata.path("duration").asDouble()).isEqualTo(4);
        Contract.of("deepgram/asyncapi.yml").assertValid("ListenV1_ListenV1Results", Caller.read(all.get(0)));
        Contract.of("deepgram/asyncapi.yml").assertValid("ListenV1_ListenV1Metadata", metadata);
    }

    @Test
    void words_may_be_in_the_audio() throws InterruptedException {
        FAKES.script("deepgram", new Rule().counted());
        WebSocket socket = open("sample_rate=16000");
        ByteBuffer audio = ByteBuffer.allocate(2 * SECOND).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < SECOND; i++) {
            audio.putShort((short) (i % 8_000 < 6_000 ? 41 + i / 8_000 : 0));
        }
        socket.sendBinary(audio.flip().order(ByteOrder.BIG_ENDIAN), true).join();
        socket.sendText("{\"type\":\"Finalize\"}", true).join();
        socket.sendText("{\"type\":\"CloseStream\"}", true).join();

        assertThat(finals(all())).containsExactly("word41 word42 word43 word44", "");
    }

    @Test
    void a_stream_is_refused_as_a_rule_says() {
        FAKES.script("deepgram", new Rule().kind(Kind.RATE_LIMIT));

        assertThatThrownBy(() -> open(""))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .cause()
                .satisfies(why -> assertThat(((WebSocketHandshakeException) why)
                                .getResponse()
                                .statusCode())
                        .isEqualTo(429));
    }

    @Test
    void a_fault_comes_after_as_much_audio_as_a_rule_says() throws InterruptedException {
        FAKES.script(
                "deepgram",
                new Rule().times(1).after(Duration.ofSeconds(1)).close(1011),
                new Rule().times(1).after(Duration.ofSeconds(1)).hang());
        WebSocket first = open("sample_rate=16000");
        say(first, 0.9);
        say(first, 0.2);
        assertThat(all()).containsExactly("closed 1011");

        WebSocket second = open("sample_rate=16000&interim_results=true");
        say(second, 0.5);
        assertThat(told.poll(20, TimeUnit.SECONDS)).contains("word1");
        told.poll(20, TimeUnit.SECONDS);
        say(second, 2);
        second.sendText("{\"type\":\"CloseStream\"}", true).join();
        assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
        second.abort();
    }
}
