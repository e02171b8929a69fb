package org.caravox.itests.calls;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.G711;
import org.caravox.itests.hub.Caller;

/**
 * A caller on Twilio Media Streams: sends 20 ms of mu-law at a time, plays what comes one after another, and tells of marks when
 * they were played.
 */
final class TwilioCaller implements WebSocket.Listener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String STREAM = "MZ0123";
    private static final byte SILENCE = (byte) 0xFF;
    private static final int FRAME = 160;
    private static final int LONGEST_GAP = 4_000;

    private final ScheduledExecutorService wire = Executors.newSingleThreadScheduledExecutor();
    private final Queue<byte[]> toSay = new ConcurrentLinkedQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private long playedUntil = System.nanoTime();
    private final AtomicInteger cleared = new AtomicInteger();
    private volatile int closed;
    private WebSocket socket;

    private TwilioCaller() {}

    /** Rings; the parameters are those of the stream. */
    static TwilioCaller ring(Caller hub, Map<String, String> parameters) {
        TwilioCaller caller = new TwilioCaller();
        caller.socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(hub.url().replaceFirst("http", "ws") + "/stream/twilio"), caller)
                .join();
        ObjectNode start = JSON.createObjectNode().put("event", "start").put("streamSid", STREAM);
        ObjectNode told = start.putObject("start").put("streamSid", STREAM).put("callSid", "CA0123");
        told.putArray("tracks").add("inbound");
        told.putObject("mediaFormat").put("encoding", "audio/x-mulaw").put("sampleRate", 8_000);
        parameters.forEach(told.putObject("customParameters")::put);
        caller.send(start);
        var unused = caller.wire.scheduleAtFixedRate(caller::sendFrame, 0, 20, TimeUnit.MILLISECONDS);
        return caller;
    }

    private void send(JsonNode message) {
        if (closed == 0) {
            wire.execute(() -> socket.sendText(message.toString(), true).join());
        }
    }

    private void sendFrame() {
        byte[] frame = toSay.poll();
        if (frame == null) {
            frame = new byte[FRAME];
            Arrays.fill(frame, SILENCE);
        }
        ObjectNode message = JSON.createObjectNode().put("event", "media").put("streamSid", STREAM);
        message.putObject("media")
                .put("track", "inbound")
                .put("payload", Base64.getEncoder().encodeToString(frame));
        send(message);
    }

    /** Says signed 16-bit PCM at 8 kHz. */
    void say(byte[] pcm) {
        byte[] coded = G711.toMuLaw(pcm);
        for (int at = 0; at + FRAME <= coded.length; at += FRAME) {
            toSay.add(Arrays.copyOfRange(coded, at, at + FRAME));
        }
    }

    void hangUp() {
        send(JSON.createObjectNode().put("event", "stop").put("streamSid", STREAM));
    }

    /** What was heard, as signed 16-bit PCM at 8 kHz. */
    synchronized byte[] heard() {
        return G711.fromMuLaw(heard.toByteArray());
    }

    /** How often the hub had everything thrown away that was not played yet. */
    int cleared() {
        return cleared.get();
    }

    /** The code with which the hub closes. */
    int awaitClose() {
        await("the hub closes").atMost(Duration.ofSeconds(20)).until(() -> closed != 0);
        return closed;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            try {
                read(JSON.readTree(part.toString()));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    private synchronized void read(JsonNode message) {
        long now = System.nanoTime();
        switch (message.get("event").asText()) {
            case "media" ->
                play(
                        now,
                        Base64.getDecoder().decode(message.at("/media/payload").asText()));
            case "mark" -> {
                var unused = wire.schedule(() -> send(message), Math.max(0, playedUntil - now), TimeUnit.NANOSECONDS);
            }
            case "clear" -> {
                playedUntil = now;
                cleared.incrementAndGet();
            }
            default -> throw new AssertionError("Twilio knows no message " + message);
        }
    }

    private void play(long now, byte[] audio) {
        if (now > playedUntil) {
            byte[] gap = new byte[(int) Math.min(LONGEST_GAP, (now - playedUntil) / 125_000)];
            Arrays.fill(gap, SILENCE);
            heard.writeBytes(gap);
            playedUntil = now;
        }
        heard.writeBytes(audio);
        playedUntil += audio.length * 125_000L;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed = code;
        return null;
    }

    @Override
    public void close() {
        wire.shutdownNow();
        socket.abort();
    }
}
