package org.caravox.itests.sources;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Customers' endpoints, well and sick: {@code /KIND/NAME}, where the kind says how it behaves. */
public final class EndpointsServer implements AutoCloseable {

    /** How an endpoint behaves. */
    public enum Kind {
        WELL,
        FAILING,
        SLOW,
        CLOSING,
        REDIRECTING,
        HUGE,
        GONE,
        /** Asks for a token that is not the first one. */
        GUARDED
    }

    /** A message that was posted; the names of its headers are in lower case. */
    public record Posted(Map<String, List<String>> headers, String body) {

        /** The only value of a header. */
        public String header(String name) {
            return headers.get(name).get(0);
        }
    }

    private static final int HUGE_MEGABYTES = 100;
    private static final byte[] MEGABYTE = new byte[1024 * 1024];

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, List<Posted>> posted = new ConcurrentHashMap<>();

    public EndpointsServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    /** The address of an endpoint that behaves so. */
    public String url(Kind kind, String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path(kind, name);
    }

    /** What was posted to it, in the order in which it came. */
    public List<Posted> posted(Kind kind, String name) {
        return List.copyOf(posted.getOrDefault(path(kind, name), List.of()));
    }

    private static String path(Kind kind, String name) {
        return "/" + kind.name().toLowerCase(Locale.ROOT) + "/" + name;
    }

    private void take(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, List<String>> headers = new TreeMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        List<Posted> all = posted.computeIfAbsent(path, key -> new CopyOnWriteArrayList<>());
        all.add(new Posted(headers, body));
        switch (Kind.valueOf(path.substring(1, path.indexOf('/', 1)).toUpperCase(Locale.ROOT))) {
            case WELL -> SourceServer.answer(exchange, 200, "thanks".getBytes(StandardCharsets.UTF_8));
            case FAILING -> SourceServer.answer(exchange, 500, "out of order".getBytes(StandardCharsets.UTF_8));
            case GONE -> SourceServer.answer(exchange, 410, new byte[0]);
            case SLOW -> hang(exchange);
            case CLOSING -> exchange.close();
            case REDIRECTING -> {
                exchange.getResponseHeaders().set("Location", url(Kind.WELL, "redirected"));
                SourceServer.answer(exchange, 307, new byte[0]);
            }
            case HUGE -> huge(exchange);
            case GUARDED -> guarded(exchange, path, all.size());
        }
    }

    /** Hands out a token at {@code .../token}, and takes any but the first. */
    private static void guarded(HttpExchange exchange, String path, int time) throws IOException {
        if (path.endsWith("/token")) {
            byte[] token =
                    ("{\"access_token\":\"token-" + time + "\",\"expires_in\":3600}").getBytes(StandardCharsets.UTF_8);
            SourceServer.answer(exchange, 200, token);
            return;
        }
        String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        SourceServer.answer(exchange, shown.equals("Bearer token-1") ? 401 : 200, new byte[0]);
    }

    private void hang(HttpExchange exchange) {
        try {
            if (!closed.await(20, TimeUnit.SECONDS)) {
                exchange.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void huge(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, (long) HUGE_MEGABYTES * MEGABYTE.length);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < HUGE_MEGABYTES; i++) {
                out.write(MEGABYTE);
            }
        } catch (IOException e) {
            exchange.close(); // the hub has read enough
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
