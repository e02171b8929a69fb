package org.caravox.fakes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Deepgram's live transcription over one WebSocket. It hears a word every 300 ms of audio, tells interim results every
 * 250 ms of it and final ones every 3 s, unless a rule says otherwise; a fault of a rule comes after as much audio as the
 * rule says.
 */
final class LiveListen extends LiveCall {

    private static final double INTERIM_SECONDS = 0.25;
    private static final double USUAL_FINAL_SECONDS = 3;
    private static final long SILENT_MILLIS = 10_000;

    private final String id = UUID.randomUUID().toString();

    private List<LiveWords> channels = List.of();
    private int bytesPerSecond = 1;
    private boolean interims;
    private long bytes;
    private double toldUntil;
    private double settledUntil;
    private long lastSign;

    LiveListen(Vertx vertx, HttpServerRequest request, Station station, String path) {
        super(vertx, request, station, path);
    }

    @Override
    void opened(ServerWebSocket socket) {
        int rate = number("sample_rate", 16_000);
        int count = number("channels", 1);
        boolean linear = !"mulaw".equals(request.getParam("encoding")) && !"alaw".equals(request.getParam("encoding"));
        bytesPerSecond = rate * count * (linear ? 2 : 1);
        interims = "true".equals(request.getParam("interim_results"));
        String[] texts = rule.text == null ? new String[0] : rule.text.split("\\|", -1);
        channels = new ArrayList<>();
        for (int channel = 0; channel < count; channel++) {
            channels.add(
                    rule.counted
                            ? LiveWords.counted(rate, count, channel)
                            : LiveWords.timed(texts.length == 0 ? null : texts[Math.min(channel, texts.length - 1)]));
        }
        lastSign = System.currentTimeMillis();
        long timer = vertx.setPeriodic(2_000, due -> {
            if (System.currentTimeMillis() - lastSign > SILENT_MILLIS) {
                close(
                        socket,
                        1011,
                        "Deepgram did not receive audio data or a text message within the timeout window."
                                + " See https://dpgr.am/net0001 NET-0001");
            }
        });
        socket.closeHandler(closed -> {
            vertx.cancelTimer(timer);
            station.disconnected(visit); // unless it was answered
        });
        socket.exceptionHandler(failed -> {});
        socket.binaryMessageHandler(audio -> hear(socket, audio));
        socket.textMessageHandler(text -> control(socket, text));
    }

    private int number(String name, int usual) {
        String text = request.getParam(name);
        return text == null ? usual : Integer.parseInt(text);
    }

    private void hear(ServerWebSocket socket, Buffer audio) {
        if (over) {
            return;
        }
        lastSign = System.currentTimeMillis();
        for (LiveWords words : channels) {
            words.hear(audio, bytes);
        }
        bytes += audio.length();
        double position = (double) bytes / bytesPerSecond;
        channels.forEach(words -> words.until(position));
        if (faultDue(socket, position)) {
            return;
        }
        double every = rule.finals == null ? USUAL_FINAL_SECONDS : rule.finals.toMillis() / 1000.0;
        while (!over && toldUntil + INTERIM_SECONDS <= position) {
            toldUntil += INTERIM_SECONDS;
            if (toldUntil - settledUntil >= every) {
                settle(socket, toldUntil, false);
            } else if (interims) {
                tell(socket, toldUntil, false, false);
            }
        }
    }

    @Override
    void garbage(ServerWebSocket socket) {
        socket.writeTextMessage("{\"type\":\"Results\",\"channel\":");
    }

    @Override
    String reason(int code) {
        return code == 1011 ? "NET-0000" : "DATA-0000";
    }

    private void control(ServerWebSocket socket, String text) {
        if (isSilent()) {
            return;
        }
        lastSign = System.currentTimeMillis();
        double position = (double) bytes / bytesPerSecond;
        if (text.contains("Finalize")) {
            settle(socket, position, true);
            toldUntil = position;
        } else if (text.contains("CloseStream")) {
            settle(socket, position, false);
            socket.writeTextMessage(metadata(position).toString());
            station.answered(visit);
            close(socket, 1000, "");
        }
    }

    private void settle(ServerWebSocket socket, double until, boolean asked) {
        tell(socket, until, true, asked);
        channels.forEach(words -> words.forget(until));
        settledUntil = until;
    }

    private void tell(ServerWebSocket socket, double until, boolean settled, boolean asked) {
        for (int channel = 0; channel < channels.size(); channel++) {
            socket.writeTextMessage(results(channel, until, settled, asked));
        }
    }

    /** Written by hand: benches have many of them. */
    private String results(int channel, double until, boolean settled, boolean asked) {
        StringBuilder transcript = new StringBuilder();
        StringBuilder told = new StringBuilder();
        for (LiveWords.Word word : channels.get(channel).heard(until)) {
            transcript.append(transcript.isEmpty() ? "" : " ").append(word.text());
            told.append(told.isEmpty() ? "" : ",")
                    .append("{\"word\":\"")
                    .append(word.text())
                    .append("\",\"start\":")
                    .append(rounded(word.start()))
                    .append(",\"end\":")
                    .append(rounded(word.end()))
                    .append(",\"confidence\":0.98,\"punctuated_word\":\"")
                    .append(word.text())
                    .append("\"}");
        }
        return "{\"type\":\"Results\",\"channel_index\":[" + channel + "," + channels.size() + "],\"duration\":"
                + rounded(until - settledUntil) + ",\"start\":" + rounded(settledUntil) + ",\"is_final\":" + settled
                + ",\"speech_final\":" + (settled && !asked) + ",\"from_finalize\":" + asked
                + ",\"channel\":{\"alternatives\":[{\"transcript\":\"" + transcript
                + "\",\"confidence\":" + (told.isEmpty() ? "0.0" : "0.98") + ",\"words\":[" + told
                + "]}]},\"metadata\":{\"request_id\":\"" + id
                + "\",\"model_info\":{\"name\":\"nova-3\",\"version\":\"2026-01-01.0\",\"arch\":\"nova-3\"},"
                + "\"model_uuid\":\"2187e11a-3532-4498-b076-81fa530bdd49\"}}";
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    private ObjectNode metadata(double duration) {
        ObjectNode metadata = JsonNodeFactory.instance
                .objectNode()
                .put("type", "Metadata")
                .put("transaction_key", "deprecated")
                .put("request_id", id)
                .put("sha256", "%064x".formatted(bytes))
                .put("created", Instant.now().toString())
                .put("duration", duration)
                .put("channels", channels.size());
        ArrayNode models = metadata.putArray("models");
        models.add("2187e11a-3532-4498-b076-81fa530bdd49");
        return metadata;
    }
}
