package org.caravox.fakes.receivers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Customers' endpoints, in a process of their own: {@code POST /KIND/NAME} is answered as the kind says, and {@code GET}
 * of the same tells, as JSON, what was posted there. The first line of the output is the address; the end of the input
 * is the end.
 */
@Command(name = "receivers", mixinStandardHelpOptions = true)
public final class Receivers implements Callable<Integer> {

    /**
     * A message that was posted.
     *
     * @param headers their names in lower case
     */
    record Posted(Map<String, List<String>> headers, String body) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Buffer MEGABYTE = Buffer.buffer(new byte[1024 * 1024]);
    private static final int HUGE_MEGABYTES = 100;
    private static final int BACKLOG = 4096;

    @Option(names = "--slow", paramLabel = "SECONDS", description = "how long the slow ones take (${DEFAULT-VALUE})")
    private int slowSeconds = 20;

    @Option(names = "--forget", description = "do not keep what is posted")
    private boolean forget;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Map<String, List<Posted>> posted = new HashMap<>();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Receivers()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setAcceptBacklog(BACKLOG)
                .setHttp2ClearTextEnabled(false);
        int port = vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        System.out.println("http://127.0.0.1:" + port);
        awaitEndOfInput();
        return 0;
    }

    /** Whoever started this has gone, or does not need it any more. */
    private static void awaitEndOfInput() {
        try {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.GET)) {
            request.response().end(Buffer.buffer(json(posted.getOrDefault(request.path(), List.of()))));
            return;
        }
        request.body().onSuccess(body -> take(request, body));
    }

    private static byte[] json(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All are taken on one event loop, in the order in which they come. */
    private void take(HttpServerRequest request, Buffer body) {
        int times = forget ? 0 : keep(request, body);
        HttpServerResponse response = request.response();
        switch (Kind.of(request.path())) {
            case WELL -> response.end("thanks");
            case FAILING -> response.setStatusCode(500).end("out of order");
            case GONE -> response.setStatusCode(410).end();
            case SLOW -> vertx.setTimer(slowSeconds * 1000L, late -> response.end());
            case CLOSING -> request.connection().close();
            case REDIRECTING ->
                response.setStatusCode(307)
                        .putHeader("Location", "http://" + request.getHeader("Host") + Kind.WELL.path("redirected"))
                        .end();
            case HUGE -> huge(response, HUGE_MEGABYTES);
            case GUARDED -> guarded(request, times);
        }
    }

    private int keep(HttpServerRequest request, Buffer body) {
        Map<String, List<String>> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.computeIfAbsent(
                        name.toLowerCase(Locale.ROOT), first -> new ArrayList<>())
                .add(value));
        List<Posted> all = posted.computeIfAbsent(request.path(), path -> new ArrayList<>());
        all.add(new Posted(headers, body.toString()));
        return all.size();
    }

    /** A megabyte goes out when the one before is gone; whoever has read enough ends it by closing the connection. */
    private static void huge(HttpServerResponse response, int megabytes) {
        if (megabytes == HUGE_MEGABYTES) {
            response.putHeader("Content-Length", Long.toString((long) megabytes * MEGABYTE.length()));
        }
        Future<Void> sent = megabytes == 1 ? response.end(MEGABYTE) : response.write(MEGABYTE);
        if (megabytes > 1) {
            sent.onSuccess(gone -> huge(response, megabytes - 1));
        }
    }

    private static void guarded(HttpServerRequest request, int times) {
        if (request.path().endsWith("/token")) {
            request.response().end(Buffer.buffer(json(Map.of("access_token", "token-" + times, "expires_in", 3600))));
            return;
        }
        boolean first = "Bearer token-1".equals(request.getHeader("Authorization"));
        request.response().setStatusCode(first ? 401 : 200).end();
    }
}
