package org.caravox.itests.sources;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A customer's webhook endpoint: keeps what is posted, and answers 200 unless it was told otherwise. */
public final class WebhookInbox implements HttpHandler {

    /** A message that was posted; the names of its headers are in lower case. */
    public record Posted(Map<String, List<String>> headers, String body) {}

    private final String url;
    private final List<Posted> posted = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Integer> nextStatuses = new ConcurrentLinkedQueue<>();

    WebhookInbox(String url) {
        this.url = url;
    }

    public String url() {
        return url;
    }

    /** Answers the next message with this status. */
    public WebhookInbox answerNextWith(int status) {
        nextStatuses.add(status);
        return this;
    }

    public List<Posted> posted() {
        return List.copyOf(posted);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, List<String>> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        posted.add(new Posted(headers, body));
        Integer status = nextStatuses.poll();
        SourceServer.answer(exchange, status == null ? 200 : status, new byte[0]);
    }
}
