package org.caravox.itests.hub;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Somebody who calls a hub over HTTP.
 *
 * @param url the hub
 * @param key the API key; empty is none
 */
public record Caller(String url, String key) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final Duration WITHIN = Duration.ofMinutes(3);
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled");

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    public Answer postJson(String path, Map<String, ?> body) {
        return postJson(path, json(body));
    }

    public Answer postJson(String path, String body) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** The recording as the body, the fields as query parameters. */
    public Answer upload(byte[] recording, Map<String, String> fields) {
        return send(uploading(recording, fields));
    }

    public HttpRequest.Builder uploading(byte[] recording, Map<String, String> fields) {
        return uploading(BodyPublishers.ofByteArray(recording), fields);
    }

    public HttpRequest.Builder uploading(BodyPublisher recording, Map<String, String> fields) {
        return request("/transcribe" + query(fields))
                .header("Content-Type", "application/octet-stream")
                .POST(recording);
    }

    /** Uploads a recording as a job, and says which. */
    public String submit(byte[] recording, Map<String, String> fields) {
        Map<String, String> asJob = new java.util.LinkedHashMap<>(Map.of("userId", "u", "mode", "async"));
        asJob.putAll(fields);
        return upload(recording, asJob).expect(202).member("jobId");
    }

    /** The job, once it stands as wanted. */
    public Answer awaitJob(String id, Predicate<Answer> wanted) {
        return await("job " + id)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> get("/jobs/" + id).expect(200), wanted);
    }

    /** The job, once it has ended. */
    public Answer awaitEnd(String id) {
        return awaitJob(id, job -> ENDS.contains(job.member("status")));
    }

    /** A request to be filled in, with the key. */
    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(WITHIN);
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            return Answer.of(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public CompletableFuture<Answer> sendAsync(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Answer::of);
    }

    public static String query(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", "?", ""));
    }

    public static String json(Map<String, ?> body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
