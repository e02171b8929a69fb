package org.caravox.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** Calls a hub over HTTP, as anybody would. */
final class HubClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WITHIN = Duration.ofMinutes(15);
    private static final Duration STREAM_WITHIN = Duration.ofSeconds(15);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final String key;

    HubClient(String url, String key) {
        this.url = url.replaceFirst("/+$", "");
        this.key = key;
    }

    String url() {
        return url;
    }

    JsonNode get(String path) {
        return json(send("GET", path, "application/json", BodyPublishers.noBody()));
    }

    String getText(String path) {
        return send("GET", path, "application/json", BodyPublishers.noBody());
    }

    JsonNode post(String path, Map<String, ?> body) {
        return send("POST", path, body);
    }

    JsonNode put(String path, Map<String, ?> body) {
        return send("PUT", path, body);
    }

    private JsonNode send(String method, String path, Map<String, ?> body) {
        try {
            return json(
                    send(method, path, "application/json", BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    JsonNode upload(String path, Map<String, String> query, BodyPublisher recording) {
        return json(send("POST", path + "?" + encoded(query), "application/octet-stream", recording));
    }

    /** Sends a list as JSON lines; the same key twice is one batch. */
    JsonNode postLines(String path, Map<String, String> query, String idempotencyKey, BodyPublisher lines) {
        HttpRequest.Builder request = request(path + "?" + encoded(query))
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", idempotencyKey)
                .POST(lines);
        return json(send(request, BodyHandlers.ofString()).body());
    }

    /** A text as the hub's voice speaks it: signed 16-bit little-endian PCM, one channel. */
    byte[] speech(String text, int sampleRateHz) throws IOException {
        HttpRequest.Builder request = request("/v1/speak?encoding=linear16&container=none&sample_rate=" + sampleRateHz)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("text", text))));
        return send(request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1))
                .body()
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Writes an answer into a file, which is not there when this fails. */
    void download(String path, Path file) throws IOException {
        try {
            send(
                    request(path).GET(),
                    info -> info.statusCode() / 100 == 2
                            ? BodySubscribers.mapping(BodySubscribers.ofFile(file), Path::toString)
                            : BodySubscribers.ofString(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    JsonNode delete(String path) {
        return json(send("DELETE", path, "application/json", BodyPublishers.noBody()));
    }

    /**
     * Opens a WebSocket.
     *
     * @throws HubFailure when the hub does not take it
     */
    WebSocket stream(String path, Map<String, String> query, WebSocket.Listener listener) {
        URI address = URI.create(url.replaceFirst("^http", "ws") + path + "?" + encoded(query));
        try {
            return http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + key)
                    .connectTimeout(STREAM_WITHIN)
                    .buildAsync(address, listener)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                int status = refused.getResponse().statusCode();
                throw new HubFailure(
                        "the hub does not take the stream (status " + status + "): "
                                + (status == 401
                                        ? "CARAVOX_API_KEY is not a key of it"
                                        : status == 422 ? "does a provider hear that language?" : "try again later"),
                        status,
                        Duration.ZERO);
            }
            throw new HubFailure("no hub answers at " + url + ": start one with ./hub run");
        }
    }

    private static String encoded(Map<String, String> query) {
        return query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private String send(String method, String path, String contentType, BodyPublisher body) {
        return send(request(path).header("Content-Type", contentType).method(method, body), BodyHandlers.ofString())
                .body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(WITHIN).header("Authorization", "Bearer " + key);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, BodyHandler<String> body) {
        try {
            HttpResponse<String> response = http.send(request.build(), body);
            if (response.statusCode() / 100 != 2) {
                JsonNode problem = problem(response);
                throw new HubFailure(
                        error(problem, response.statusCode()), response.statusCode(), retryAfter(response), problem);
            }
            return response;
        } catch (HttpTimeoutException e) {
            throw new HubFailure(url + " did not answer within " + WITHIN.toMinutes() + " min");
        } catch (IOException e) {
            throw new HubFailure(
                    "no hub answers at " + url + " (" + e.getClass().getSimpleName()
                            + "): start one with ./hub run, or say where it is with CARAVOX_URL");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubFailure("interrupted");
        }
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
    }

    private static JsonNode problem(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static String error(JsonNode problem, int status) {
        return problem.path("error").asText("the hub answered with status " + status)
                + (problem.has("requestId")
                        ? " (request " + problem.get("requestId").asText() + ")"
                        : "");
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new HubFailure("the hub's answer is not JSON: is it a hub?");
        }
    }
}
