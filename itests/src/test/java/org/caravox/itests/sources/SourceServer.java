package org.caravox.itests.sources;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Somebody's web server on this machine, from which the hub fetches recordings, and which misbehaves in every way. */
public final class SourceServer implements AutoCloseable {

    private static final int DRIP_MS = 100;
    private static final byte[] MEGABYTE = new byte[1024 * 1024];

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, byte[]> recordings = new ConcurrentHashMap<>();

    public SourceServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/recordings/", this::recording);
        server.createContext("/status/", exchange -> answer(exchange, Integer.parseInt(last(exchange)), new byte[0]));
        server.createContext(
                "/redirect",
                exchange -> redirect(exchange, exchange.getRequestURI().getRawQuery()));
        server.createContext("/circle", exchange -> redirect(exchange, "/circle"));
        server.createContext("/hang", this::hang);
        server.createContext("/drip", this::drip);
        server.createContext("/endless", this::endless);
        server.createContext("/break-off", this::breakOff);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Serves a recording, and says where. */
    public String serve(String name, byte[] recording) {
        recordings.put(name, recording);
        return url() + "/recordings/" + name;
    }

    /** An address that redirects to another. */
    public String redirectTo(String target) {
        return url() + "/redirect?" + target;
    }

    /** Takes webhooks at an address of its own. */
    public WebhookInbox inbox(String name) {
        WebhookInbox inbox = new WebhookInbox(url() + "/inbox/" + name);
        server.createContext("/inbox/" + name, inbox);
        return inbox;
    }

    private void recording(HttpExchange exchange) throws IOException {
        byte[] recording = recordings.get(last(exchange));
        answer(exchange, recording == null ? 404 : 200, recording == null ? new byte[0] : recording);
    }

    private static void redirect(HttpExchange exchange, String target) throws IOException {
        exchange.getResponseHeaders().set("Location", target);
        answer(exchange, 302, new byte[0]);
    }

    private void hang(HttpExchange exchange) {
        closedWithin(Long.MAX_VALUE);
        exchange.close();
    }

    /** A byte now and then, so that it is never silent for long and never ends. */
    private void drip(HttpExchange exchange) throws IOException {
        try (OutputStream out = begin(exchange, 0)) {
            do {
                out.write('R');
                out.flush();
            } while (!closedWithin(DRIP_MS));
        }
    }

    private void endless(HttpExchange exchange) throws IOException {
        try (OutputStream out = begin(exchange, 0)) {
            while (!closedWithin(0)) {
                out.write(MEGABYTE);
            }
        }
    }

    private void breakOff(HttpExchange exchange) throws IOException {
        OutputStream out = begin(exchange, 10_000);
        out.write(new byte[100]);
        out.flush();
        exchange.close();
    }

    private static OutputStream begin(HttpExchange exchange, long length) throws IOException {
        exchange.sendResponseHeaders(200, length);
        return exchange.getResponseBody();
    }

    private boolean closedWithin(long milliseconds) {
        try {
            return closed.await(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static String last(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
