package org.caravox.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls a hub over HTTP, as anybody would. */
final class HubClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WITHIN = Duration.ofMinutes(15);

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

    JsonNode delete(String path) {
        return json(send("DELETE", path, "application/json", BodyPublishers.noBody()));
    }

    private static String encoded(Map<String, String> query) {
        return query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private String send(String method, String path, String contentType, BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(WITHIN)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", contentType)
                .method(method, body)
                .build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new HubFailure(error(response));
            }
            return response.body();
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

    private static String error(HttpResponse<String> response) {
        try {
            JsonNode problem = JSON.readTree(response.body());
            return problem.path("error").asText("the hub answered with status " + response.statusCode())
                    + (problem.has("requestId")
                            ? " (request " + problem.get("requestId").asText() + ")"
                            : "");
        } catch (JsonProcessingException e) {
            return "the hub answered with status " + response.statusCode();
        }
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new HubFailure("the hub's answer is not JSON: is it a hub?");
        }
    }
}
