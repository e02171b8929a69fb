package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.caravox.audio.PcmStream;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Streams a recording to a hub's {@code /stream} as fast as it would be spoken, and tells what comes back meanwhile. */
final class LiveStream {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLE_RATE_HZ = 16_000;
    private static final int FRAME_MS = 20;
    private static final int FRAME_BYTES = 2 * SAMPLE_RATE_HZ * FRAME_MS / 1000;
    private static final int MOST_CHANNELS = 2;

    private final HubClient hub;
    private final Consumer<JsonNode> told;

    /** @param told gets each message of the hub: {@code transcript}, {@code provider_changed} ... */
    LiveStream(HubClient hub, Consumer<JsonNode> told) {
        this.hub = hub;
        this.told = told;
    }

    /**
     * Streams it, and waits for its end.
     *
     * @param fields of the request's query, beside those that say what the audio is
     * @return the transcript's id
     * @throws HubFailure when the hub refuses the stream, or breaks it off
     */
    String send(Path file, Map<String, String> fields) throws IOException, InterruptedException {
        try (PcmStream pcm = LocalRecording.open(file, SAMPLE_RATE_HZ, MOST_CHANNELS)) {
            Map<String, String> query = new LinkedHashMap<>(fields);
            query.put("encoding", "linear16");
            query.put("sample_rate", Integer.toString(SAMPLE_RATE_HZ));
            query.put("channels", Integer.toString(pcm.channels()));
            query.put("interim_results", "true");
            return send(pcm, query);
        }
    }

    private String send(PcmStream pcm, Map<String, String> query) throws InterruptedException {
        CompletableFuture<String> ended = new CompletableFuture<>();
        WebSocket socket = hub.stream("/stream", query, new Ear(ended));
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
        byte[] frame = new byte[FRAME_BYTES * pcm.channels()];
        try {
            var unused = pace.scheduleAtFixedRate(
                    () -> {
                        if (!next(pcm, frame, socket, ended)) {
                            pace.shutdown();
                        }
                    },
                    0,
                    FRAME_MS,
                    TimeUnit.MILLISECONDS);
            return ended.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HubFailure failure ? failure : new HubFailure(String.valueOf(e.getCause()));
        } finally {
            pace.shutdownNow();
            socket.abort();
        }
    }

    /** Sends the next frame, or says that there is none. */
    private static boolean next(PcmStream pcm, byte[] frame, WebSocket socket, CompletableFuture<String> ended) {
        try {
            int count = pcm.read(frame);
            if (count > 0) {
                socket.sendBinary(ByteBuffer.wrap(frame, 0, count), true).join();
                return true;
            }
            socket.sendText("{\"type\":\"CloseStream\"}", true).join();
        } catch (Refusal e) {
            ended.completeExceptionally(new HubFailure(String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            ended.completeExceptionally(new HubFailure("the stream broke off while it was sent"));
        }
        return false;
    }

    /** Puts the hub's messages together. */
    private final class Ear implements WebSocket.Listener {
        private final CompletableFuture<String> ended;
        private final StringBuilder message = new StringBuilder();
        private String error = "";

        Ear(CompletableFuture<String> ended) {
            this.ended = ended;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                hear(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void hear(String text) {
            try {
                JsonNode event = JSON.readTree(text);
                switch (event.path("type").asText()) {
                    case "end" -> ended.complete(event.path("transcriptId").asText());
                    case "error" -> error = event.path("error").asText();
                    default -> told.accept(event);
                }
            } catch (IOException e) {
                ended.completeExceptionally(new HubFailure("the hub's message is not JSON: is it a hub?"));
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            String why = !error.isEmpty() ? error : reason.isEmpty() ? "code " + code : reason;
            ended.completeExceptionally(new HubFailure("the hub ended the stream: " + why));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            ended.completeExceptionally(new HubFailure("the connection to the hub broke off"));
        }
    }
}
