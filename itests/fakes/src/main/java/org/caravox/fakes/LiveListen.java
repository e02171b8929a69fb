package org.caravox.fakes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.caravox.fakes.vendors.Call;
import org.caravox.fakes.vendors.Reply;

/**
 * Deepgram's live transcription over one WebSocket. It hears a word every 300 ms of audio, tells interim results every
 * 250 ms of it and final ones every 3 s, unless a rule says otherwise; a fault of a rule comes after as much audio as the
 * rule says.
 */
final class LiveListen {

    private static final double INTERIM_SECONDS = 0.25;
    private static final double USUAL_FINAL_SECONDS = 3;
    private static final long SILENT_MILLIS = 10_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Station station;
    private final Visit visit;
    private final String path;
    private final String id = UUID.randomUUID().toString();

    private Rule rule = new Rule();
    private List<LiveWords> channels = List.of();
    private int bytesPerSecond = 1;
    private boolean interims;
    private long bytes;
    private double toldUntil;
    private double settledUntil;
    private long lastSign;
    private boolean faulty;
    private boolean over;

    LiveListen(Vertx vertx, HttpServerRequest request, Station station, String path) {
        this.vertx = vertx;
        this.request = request;
        this.station = station;
        this.path = path;
        this.visit = new Visit(request, path);
    }

    /** Whether a request is one for a live stream. */
    static boolean isAsked(HttpServerRequest request, String path) {
        return path.equals("/v1/listen") && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    void begin() {
        station.came(visit, request.connection());
        Call call = call(Optional.empty());
        String credential = station.vendor().credential(call);
        rule = station.next(credential, path);
        if (rule.hang && rule.after == null) {
            return;
        }
        if (rule.latency == null) {
            answer(credential);
        } else {
            request.pause();
            vertx.setTimer(rule.latency.toMillis(), due -> answer(credential));
        }
    }

    private Call call(Optional<String> text) {
        return new Call(
                request.method().name(),
                path,
                request.params(),
                request.headers(),
                Buffer.buffer(),
                0,
                List.of(),
                text);
    }

    private void answer(String credential) {
        Optional<Reply> refusal = refusal(credential);
        if (refusal.isPresent()) {
            Reply reply = refusal.get().changed(Optional.ofNullable(rule.status), rule.content(), rule.headers);
            visit.status(reply.status());
            new Delivery(vertx, request, rule, () -> station.answered(visit)).send(reply);
            return;
        }
        visit.status(101);
        request.toWebSocket().onSuccess(this::opened).onFailure(failed -> station.disconnected(visit));
    }

    private Optional<Reply> refusal(String credential) {
        Call call = call(Optional.ofNullable(rule.text));
        if (rule.after == null && rule.failure().isPresent()) {
            return rule.failure().map(kind -> station.vendor().failure(kind, call));
        }
        if (rule.after == null && rule.cut != null) {
            return Optional.of(station.vendor().failure(500, call));
        }
        if (rule.status != null && rule.status >= 400) {
            return Optional.of(station.vendor().failure(rule.status, call));
        }
        return station.accepts(credential)
                ? Optional.empty()
                : Optional.of(station.vendor().unauthorized(call));
    }

    private void opened(ServerWebSocket socket) {
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
        if (rule.after != null && position * 1000 >= rule.after.toMillis() && !faulty) {
            faulty = true;
            fault(socket);
        }
        if (faulty && rule.hang) {
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

    private void fault(ServerWebSocket socket) {
        if (rule.close != null) {
            close(socket, rule.close, rule.close == 1011 ? "NET-0000" : "DATA-0000");
        } else if (rule.cut != null) {
            over = true;
            station.answered(visit);
            ConnectionBase connection = (ConnectionBase) request.connection();
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            request.connection().close();
        } else if (rule.kind != null) {
            socket.writeTextMessage("{\"type\":\"Results\",\"channel\":");
        } else if (rule.deaf) {
            socket.pause();
        }
    }

    private void control(ServerWebSocket socket, String text) {
        if (over || (faulty && rule.hang)) {
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

    private void close(ServerWebSocket socket, int code, String reason) {
        over = true;
        station.answered(visit);
        socket.close((short) code, reason);
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
