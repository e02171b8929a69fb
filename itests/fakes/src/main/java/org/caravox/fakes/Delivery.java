package org.caravox.fakes;

import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.caravox.fakes.vendors.Reply;

/** Sends an answer, or as much of it as the rule lets through, and as slowly. */
final class Delivery {

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Rule rule;
    private final Runnable answered;

    Delivery(Vertx vertx, HttpServerRequest request, Rule rule, Runnable answered) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.rule = rule;
        this.answered = answered;
    }

    void send(Reply reply) {
        if (rule.cut != null && rule.cut.hasNoHeaders()) {
            cut();
            return;
        }
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.streamed()) {
            response.setChunked(true);
        } else {
            response.putHeader("Content-Length", Long.toString(reply.bytes()));
        }
        List<Buffer> pieces = rule.cut == null ? reply.pieces() : first(reply.pieces(), rule.cut.keptOf(reply.bytes()));
        if (rule.drip == null && rule.cut == null && pieces.size() == 1) {
            response.end(pieces.get(0)).onSuccess(sent -> answered.run());
        } else if (rule.drip == null) {
            pieces.forEach(response::write);
            finish();
        } else {
            drip(
                    new ArrayDeque<>(split(pieces, rule.drip.bytes())),
                    rule.drip.every().toMillis());
        }
    }

    private static List<Buffer> first(List<Buffer> pieces, long bytes) {
        List<Buffer> kept = new ArrayList<>();
        long left = bytes;
        for (Buffer piece : pieces) {
            long part = Math.min(left, piece.length());
            if (part > 0) {
                kept.add(piece.slice(0, (int) part));
            }
            left -= part;
        }
        return kept;
    }

    private static List<Buffer> split(List<Buffer> pieces, int bytes) {
        List<Buffer> small = new ArrayList<>();
        for (Buffer piece : pieces) {
            for (int at = 0; at < piece.length(); at += bytes) {
                small.add(piece.slice(at, Math.min(piece.length(), at + bytes)));
            }
        }
        return small;
    }

    private void drip(Deque<Buffer> left, long everyMillis) {
        if (response.closed()) {
            return;
        }
        Buffer piece = left.poll();
        if (piece == null) {
            finish();
            return;
        }
        response.write(piece);
        vertx.setTimer(everyMillis, due -> drip(left, everyMillis));
    }

    private void finish() {
        if (rule.cut == null) {
            response.end().onSuccess(sent -> answered.run());
        } else if (rule.hang) {
            response.write(Buffer.buffer());
        } else {
            response.write(Buffer.buffer()).onComplete(sent -> cut());
        }
    }

    /** The caller has not gone: that it is disconnected is not its doing. */
    private void cut() {
        response.closeHandler(null);
        request.exceptionHandler(null);
        if (rule.cut != null && rule.cut.point() == Cut.Point.RESET) {
            ((ConnectionBase) request.connection()).channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        request.connection().close();
    }
}
