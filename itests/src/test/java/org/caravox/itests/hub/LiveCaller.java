package org.caravox.itests.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** Somebody who speaks to a hub over a WebSocket. */
public final class LiveCaller implements WebSocket.Listener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private volatile int closed;
    private WebSocket socket;

    private LiveCaller() {}

    /** Connects, and is let in. */
    public static LiveCaller open(Caller caller, String path) {
        LiveCaller live = new LiveCaller();
        live.socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + caller.key())
                .buildAsync(URI.create(caller.url().replaceFirst("http", "ws") + path), live)
                .join();
        return live;
    }

    /** Asks to be let in, and reads the answer as one of HTTP. */
    public static Answer refusal(Caller caller, String path) {
        URI hub = URI.create(caller.url());
        try (Socket socket = new Socket(hub.getHost(), hub.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path
                                    + " HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Authorization: Bearer " + caller.key() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(
                    Integer.parseInt(answer.split(" ", 3)[1]),
                    HttpHeaders.of(Map.of(), (name, value) -> true),
                    answer.substring(answer.indexOf("\r\n\r\n") + 4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(byte[] audio) {
        try {
            socket.sendBinary(ByteBuffer.wrap(audio), true).join();
        } catch (RuntimeException e) {
            messages.add(JSON.createObjectNode().put("type", "unsent").put("why", e.toString()));
        }
    }

    /** Sends a message of that type. */
    public void say(String type) {
        sayText("{\"type\":\"" + type + "\"}");
    }

    public void sayText(String text) {
        socket.sendText(text, true).join();
    }

    /** All messages of a type so far. */
    public List<JsonNode> messages(String type) {
        return messages.stream()
                .filter(message -> message.path("type").asText().equals(type))
                .toList();
    }

    /** The first message of a type, once it is there. */
    public JsonNode await(String type) {
        Awaitility.await(type + " comes; there are " + messages)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !messages(type).isEmpty());
        return messages(type).get(0);
    }

    /** The code with which the hub closes. */
    public int awaitClose() {
        Awaitility.await("the hub closes")
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> closed != 0);
        return closed;
    }

    /** The connection breaks. */
    public void cut() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            try {
                messages.add(JSON.readTree(part.toString()));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed = code;
        return null;
    }

    @Override
    public String toString() {
        return messages.toString();
    }
}
