package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Plays a customer in the demo: a webhook that verifies what it gets, and a CRM that keeps what it is sent. */
final class DemoReceiver implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOOK = "/hook";
    private static final String CRM = "/crm";

    /** What has come. */
    private record Request(String method, String path, Map<String, List<String>> headers, String body) {}

    private final HttpServer server;
    private final List<Request> hooks = new CopyOnWriteArrayList<>();
    private final List<Request> records = new CopyOnWriteArrayList<>();
    private final CountDownLatch expected;

    private DemoReceiver(HttpServer server, int expected) {
        this.server = server;
        this.expected = new CountDownLatch(expected);
    }

    /** Listens on a free port of loopback. {@code expected}: how many requests are waited for */
    static DemoReceiver start(int expected) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        DemoReceiver receiver = new DemoReceiver(server, expected);
        server.createContext(HOOK, exchange -> receiver.take(exchange, receiver.hooks, ""));
        server.createContext(
                CRM,
                exchange -> receiver.take(
                        exchange, receiver.records, "{\"id\":\"record-" + (receiver.records.size() + 1) + "\"}"));
        server.start();
        return receiver;
    }

    private void take(HttpExchange exchange, List<Request> kept, String answer) throws IOException {
        try (exchange) {
            kept.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(bytes.length == 0 ? 204 : 201, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } finally {
            expected.countDown();
        }
    }

    String hook() {
        return url() + HOOK;
    }

    String crm() {
        return url() + CRM;
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits until all that is expected has come, or that long. */
    void await(Duration atMost) throws InterruptedException {
        expected.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the webhook got, each verified with the endpoint's secret by the library that customers use. */
    Table deliveries(String secret) throws IOException {
        Table table = new Table("EVENT", "WEBHOOK-ID", "SIGNATURE", "TELLS");
        for (Request hook : hooks) {
            JsonNode data = JSON.readTree(hook.body()).path("data");
            table.add(
                    JSON.readTree(hook.body()).path("type").asText(),
                    hook.headers().getOrDefault("Webhook-id", List.of("none")).get(0),
                    verified(hook, secret),
                    data.path("transcript").asText());
        }
        return table;
    }

    private static String verified(Request hook, String secret) {
        try {
            new Webhook(secret).verify(hook.body(), HttpHeaders.of(hook.headers(), (name, value) -> true));
            return "verified";
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
            return "FORGED";
        }
    }

    /** What the CRM was sent. */
    Table records() {
        Table table = new Table("REQUEST", "FIELDS");
        records.forEach(record -> table.add(record.method() + " " + record.path(), record.body()));
        return table;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
