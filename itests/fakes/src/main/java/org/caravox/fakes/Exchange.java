package org.caravox.fakes;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.caravox.fakes.vendors.Call;
import org.caravox.fakes.vendors.Reply;
import org.caravox.fakes.vendors.Vendor;

/** A request to a station and what becomes of it, on one event loop. */
final class Exchange {

    private final Vertx vertx;
    private final HttpClient callbacks;
    private final HttpServerRequest request;
    private final Station station;
    private final Visit visit;
    private final String path;

    Exchange(Vertx vertx, HttpClient callbacks, HttpServerRequest request, Station station, String path) {
        this.vertx = vertx;
        this.callbacks = callbacks;
        this.request = request;
        this.station = station;
        this.path = path;
        this.visit = new Visit(request, path);
    }

    void begin() {
        station.came(visit, request.connection());
        request.response().closeHandler(closed -> station.disconnected(visit));
        request.exceptionHandler(failed -> station.disconnected(visit));
        Intake.read(request, path, this::whole);
    }

    private void whole(Call call) {
        visit.came(call);
        String credential = station.vendor().credential(call);
        Rule rule = station.next(credential, path);
        if (rule.hang && rule.cut == null) {
            return;
        }
        long millis = waitMillis(rule);
        if (millis == 0) {
            answer(call, credential, rule);
        } else {
            vertx.setTimer(millis, due -> answer(call, credential, rule));
        }
    }

    private static long waitMillis(Rule rule) {
        long latency = rule.latency == null ? 0 : rule.latency.toMillis();
        Duration jitter = rule.jitter == null ? Duration.ZERO : rule.jitter;
        return latency + ThreadLocalRandom.current().nextLong(jitter.toMillis() + 1);
    }

    private void answer(Call call, String credential, Rule rule) {
        if (visit.isOver()) {
            return;
        }
        Reply reply = reply(scripted(call, rule), credential, rule);
        visit.status(rule.cut != null && rule.cut.hasNoHeaders() ? 0 : reply.status());
        new Delivery(vertx, request, rule, () -> station.answered(visit)).send(reply);
        reply.callback().ifPresent(this::callBack);
    }

    private static Call scripted(Call call, Rule rule) {
        return new Call(
                call.method(),
                call.path(),
                call.query(),
                call.headers(),
                call.body(),
                call.bodyBytes(),
                call.parts(),
                Optional.ofNullable(rule.text));
    }

    /** The script comes before the vendor's own checks, of which the key's is the first. */
    private Reply reply(Call call, String credential, Rule rule) {
        Reply reply = rule.failure()
                .map(kind -> station.vendor().failure(kind, call))
                .orElseGet(() -> usual(call, credential, rule));
        return reply.changed(Optional.ofNullable(rule.status), rule.content(), rule.headers);
    }

    private Reply usual(Call call, String credential, Rule rule) {
        Vendor vendor = station.vendor();
        if (rule.status != null && rule.status >= 300) {
            return vendor.failure(rule.status, call);
        }
        return station.accepts(credential) ? vendor.answer(call) : vendor.unauthorized(call);
    }

    /** Once, and whether it arrives is not looked at: only the real one tries again. */
    private void callBack(Reply.Callback callback) {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(callback.url())
                .setMethod(HttpMethod.valueOf(callback.method()))
                .putHeader("Content-Type", "application/json");
        callback.headers().forEach(options::putHeader);
        callbacks.request(options).onSuccess(toCaller -> toCaller.send(callback.body()));
    }
}
