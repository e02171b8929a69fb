package org.caravox.fakes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * OpenAI's realtime transcription, without turn detection: what is committed becomes an item, and its words are told. Models
 * made for it tell words while the audio comes, the others once it is committed. It hears a word every 300 ms of audio,
 * unless a rule says otherwise; a fault of a rule comes after as much audio as the rule says.
 */
final class LiveRealtime extends LiveCall {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> STREAMING = Set.of("gpt-live-transcribe", "gpt-realtime-whisper");
    private static final int RATE = 24_000;
    private static final double LEAST_SECONDS = 0.1;

    private LiveWords words = LiveWords.timed(null);
    private boolean configured;
    private boolean streaming;
    private long bytes;
    private long committedBytes;
    private int items;
    private int told;
    private int events;

    LiveRealtime(Vertx vertx, HttpServerRequest request, Station station, String path) {
        super(vertx, request, station, path);
    }

    @Override
    void opened(ServerWebSocket socket) {
        words = rule.counted ? LiveWords.counted(RATE, 1, 0) : LiveWords.timed(rule.text);
        socket.closeHandler(closed -> station.answered(visit)); // there is no other goodbye
        socket.exceptionHandler(failed -> {});
        socket.binaryMessageHandler(audio -> refuse(socket, "", "Binary messages are not supported."));
        socket.textMessageHandler(text -> control(socket, text));
        ObjectNode created = event("session.created");
        created.putObject("session").put("type", "transcription").put("id", "sess_" + hashCode());
        say(socket, created);
    }

    @Override
    void garbage(ServerWebSocket socket) {
        socket.writeTextMessage("{\"type\":\"conversation.item.");
    }

    @Override
    String reason(int code) {
        return code == 1000 ? "" : "The server had an error.";
    }

    private void control(ServerWebSocket socket, String text) {
        if (isSilent()) {
            return;
        }
        JsonNode event;
        try {
            event = JSON.readTree(text);
        } catch (IOException e) {
            refuse(socket, "invalid_json", "We could not parse the JSON body of your event.");
            return;
        }
        switch (event.path("type").asText()) {
            case "session.update" -> configure(socket, event.path("session"));
            case "input_audio_buffer.append" -> hear(socket, event.path("audio").asText());
            case "input_audio_buffer.commit" -> commit(socket);
            default -> refuse(socket, "invalid_value", "Invalid value: type");
        }
    }

    private void configure(ServerWebSocket socket, JsonNode session) {
        JsonNode input = session.at("/audio/input");
        String model = input.at("/transcription/model").asText();
        boolean pcm = input.at("/format/type").asText().equals("audio/pcm")
                && input.at("/format/rate").asInt() == RATE;
        if (!session.path("type").asText().equals("transcription") || !pcm || !input.has("turn_detection")) {
            refuse(socket, "invalid_value", "This is no transcription session of 24 kHz PCM without turn detection.");
        } else if (model.startsWith("no-such")) {
            refuse(socket, "model_not_found", "The model `" + model + "` does not exist.");
        } else {
            configured = true;
            streaming = STREAMING.contains(model);
            ObjectNode updated = event("session.updated");
            updated.set("session", session);
            say(socket, updated);
        }
    }

    private void hear(ServerWebSocket socket, String base64) {
        Buffer audio = Buffer.buffer(Base64.getDecoder().decode(base64));
        words.hear(audio, bytes);
        bytes += audio.length();
        words.until(position());
        if (!configured) {
            refuse(socket, "invalid_value", "The session is not configured.");
        } else if (!faultDue(socket, position()) && streaming) {
            tellNew(socket);
        }
    }

    private double position() {
        return bytes / (2.0 * RATE);
    }

    private void tellNew(ServerWebSocket socket) {
        List<LiveWords.Word> heard = words.heard(position());
        for (LiveWords.Word word : heard.subList(told, heard.size())) {
            say(socket, transcription("delta").put("delta", (told == 0 ? "" : " ") + word.text()));
            told++;
        }
    }

    private void commit(ServerWebSocket socket) {
        if ((bytes - committedBytes) / (2.0 * RATE) < LEAST_SECONDS) {
            refuse(
                    socket,
                    "input_audio_buffer_commit_empty",
                    "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.");
            return;
        }
        say(socket, event("input_audio_buffer.committed").put("item_id", item()).putNull("previous_item_id"));
        tellNew(socket);
        String transcript =
                words.heard(position()).stream().map(LiveWords.Word::text).collect(Collectors.joining(" "));
        ObjectNode completed = transcription("completed").put("transcript", transcript);
        completed.putObject("usage").put("type", "duration").put("seconds", (bytes - committedBytes) / (2.0 * RATE));
        say(socket, completed);
        words.forget(position());
        committedBytes = bytes;
        told = 0;
        items++;
    }

    private String item() {
        return "item_" + items;
    }

    private ObjectNode transcription(String what) {
        return event("conversation.item.input_audio_transcription." + what)
                .put("item_id", item())
                .put("content_index", 0);
    }

    private void refuse(ServerWebSocket socket, String code, String message) {
        ObjectNode refusal = event("error");
        refusal.putObject("error")
                .put("type", "invalid_request_error")
                .put("code", code)
                .put("message", message);
        say(socket, refusal);
    }

    private ObjectNode event(String type) {
        events++;
        return JsonNodeFactory.instance.objectNode().put("type", type).put("event_id", "event_" + events);
    }

    private static void say(ServerWebSocket socket, JsonNode event) {
        socket.writeTextMessage(event.toString());
    }
}
