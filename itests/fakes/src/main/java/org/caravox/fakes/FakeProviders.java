package org.caravox.fakes;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.caravox.fakes.vendors.Vendors;

/**
 * A server that plays all providers at once. Each is a <em>station</em>: its name is its vendor's, or that with an ending,
 * such as {@code openai-2}; its paths are below {@link #base}. Without a station in front, a path belongs to the vendor
 * who has such a path.
 *
 * <p>Methods may be called from any thread.
 */
public final class FakeProviders implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final Vertx vertx;
    private final HttpClient callbacks;
    private final Stations stations = new Stations();
    private final Control control = new Control(stations);
    private final String host;
    private final int port;
    private HttpServer server;

    private FakeProviders(String host, int port) {
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        this.callbacks = vertx.createHttpClient();
        this.host = host;
        this.server = listen(port);
        this.port = server.actualPort();
    }

    /** Starts on the loopback address; port 0 is any free one. */
    public static FakeProviders start(int port) {
        return start("127.0.0.1", port);
    }

    /**
     * Starts the server.
     *
     * @throws IllegalStateException when it cannot listen there
     */
    public static FakeProviders start(String host, int port) {
        return new FakeProviders(host, port);
    }

    private HttpServer listen(int wantedPort) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(wantedPort)
                .setAcceptBacklog(4096)
                .setMaxFormAttributeSize(1024 * 1024)
                .setMaxWebSocketFrameSize(1024 * 1024)
                .setMaxWebSocketMessageSize(1024 * 1024)
                .setHttp2ClearTextEnabled(false);
        HttpServer listening = vertx.createHttpServer(options)
                .connectionHandler(connection -> connection.closeHandler(closed -> stations.closed(connection)))
                .requestHandler(this::handle);
        return waitFor("listen on " + host + ":" + wantedPort, listening.listen());
    }

    private void handle(HttpServerRequest request) {
        String path = request.path();
        if (path.startsWith(Control.PREFIX)) {
            control.handle(request);
            return;
        }
        int end = path.indexOf('/', 1);
        Optional<Station> named =
                stations.named(path.substring(Math.min(1, path.length()), end < 0 ? path.length() : end));
        String rest = named.isEmpty() ? path : end < 0 ? "/" : path.substring(end);
        named.or(() -> unnamed(request, path))
                .ifPresentOrElse(station -> exchange(request, station, rest), () -> unknown(request));
    }

    private Optional<Station> unnamed(HttpServerRequest request, String path) {
        String authorization = request.headers().contains("Authorization") ? request.getHeader("Authorization") : "";
        boolean anthropic = request.headers().contains("anthropic-version")
                || request.headers().contains("x-api-key");
        return Vendors.owning(path, anthropic, authorization.regionMatches(true, 0, "token ", 0, 6))
                .flatMap(stations::named);
    }

    private void exchange(HttpServerRequest request, Station station, String path) {
        LiveCall.of(vertx, request, station, path)
                .ifPresentOrElse(LiveCall::begin, () -> new Exchange(vertx, callbacks, request, station, path).begin());
    }

    private static void unknown(HttpServerRequest request) {
        request.response()
                .setStatusCode(404)
                .end("There is no station for " + request.path() + ": begin with one of "
                        + String.join(", ", Vendors.names()) + "\n");
    }

    /** The port that is listened on, also after a stop. */
    public int port() {
        return port;
    }

    /** Where a station's paths begin, without a slash at the end: {@code base("openai")} + {@code /v1/models}. */
    public URI base(String station) {
        known(station);
        return URI.create("http://" + host + ":" + port + "/" + station);
    }

    /** Replaces a station's script; with no rules, its vendor answers as usual. */
    public void script(String station, Rule... rules) {
        known(station).script(List.of(rules));
    }

    /**
     * Replaces a station's script by one in JSON: a rule, or a list of them.
     *
     * @throws IllegalArgumentException when it is no script; the message says where
     */
    public void script(String station, String json) {
        known(station).script(Scripts.rules(json));
    }

    /** Lets only these credentials in; with none, any that is not empty. */
    public void keys(String station, String... good) {
        known(station).keys(List.of(good));
    }

    /** The last requests that a station got, up to 1000, oldest first. */
    public List<SeenRequest> requests(String station) {
        return known(station).seen();
    }

    /** How many requests a station got, and what became of them. */
    public Counters counters(String station) {
        return known(station).counters();
    }

    /** What a station holds: a CRM's records, in the order in which they were made. */
    public List<JsonNode> records(String station) {
        return known(station).vendor().records();
    }

    /** Forgets all scripts, keys, requests and records. */
    public void reset() {
        stations.reset();
    }

    private Station known(String station) {
        return stations.named(station)
                .orElseThrow(() -> new IllegalArgumentException("a station is named after its vendor, one of "
                        + String.join(", ", Vendors.names()) + ", such as openai or openai-2; was " + station));
    }

    /** Goes down: connections are closed, new ones are refused. Scripts stay. */
    public synchronized void stop() {
        waitFor("stop", server.close());
    }

    /** Comes back on the same port after a stop. */
    public synchronized void restart() {
        server = listen(port);
    }

    @Override
    public void close() {
        waitFor("close", vertx.close());
    }

    private static <T> T waitFor(String what, Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the fakes could not " + what + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the fakes were to " + what, e);
        }
    }
}
