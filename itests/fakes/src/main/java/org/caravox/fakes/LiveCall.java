package org.caravox.fakes;

import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.Optional;
import org.caravox.fakes.vendors.Call;
import org.caravox.fakes.vendors.Reply;

/** A live stream over one WebSocket: its handshake, and the faults of its rule, which come after as much audio as that says. */
abstract class LiveCall {

    final Vertx vertx;
    final HttpServerRequest request;
    final Station station;
    final Visit visit;
    private final String path;

    Rule rule = new Rule();
    boolean over;
    private boolean faulty;

    LiveCall(Vertx vertx, HttpServerRequest request, Station station, String path) {
        this.vertx = vertx;
        this.request = request;
        this.station = station;
        this.path = path;
        this.visit = new Visit(request, path);
    }

    /** The live stream that a request is for, if it is for one. */
    static Optional<LiveCall> of(Vertx vertx, HttpServerRequest request, Station station, String path) {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            return Optional.empty();
        }
        return switch (path) {
            case "/v1/listen" -> Optional.of(new LiveListen(vertx, request, station, path));
            case "/v1/realtime" -> Optional.of(new LiveRealtime(vertx, request, station, path));
            default -> Optional.empty();
        };
    }

    /** The handshake is done. */
    abstract void opened(ServerWebSocket socket);

    /** Tells what is no JSON. */
    abstract void garbage(ServerWebSocket socket);

    /** The reason with which it is closed by a rule. */
    abstract String reason(int code);

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

    /** Does what the rule says of so much audio, once; whether nothing is told any more. */
    final boolean faultDue(ServerWebSocket socket, double seconds) {
        if (rule.after != null && seconds * 1000 >= rule.after.toMillis() && !faulty) {
            faulty = true;
            fault(socket);
        }
        return isSilent();
    }

    /** Whether its rule has made it say nothing any more. */
    final boolean isSilent() {
        return over || (faulty && rule.hang);
    }

    private void fault(ServerWebSocket socket) {
        if (rule.close != null) {
            close(socket, rule.close, reason(rule.close));
        } else if (rule.cut != null) {
            over = true;
            station.answered(visit);
            ConnectionBase connection = (ConnectionBase) request.connection();
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            request.connection().close();
        } else if (rule.kind != null) {
            garbage(socket);
        } else if (rule.deaf) {
            socket.pause();
        }
    }

    final void close(ServerWebSocket socket, int code, String reason) {
        over = true;
        station.answered(visit);
        socket.close((short) code, reason);
    }
}
