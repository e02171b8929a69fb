package org.caravox.fakes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls a station as a client would. */
final class Caller {

    static final String KEY = "a-fake-key-1234";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeProviders fakes;

    /** What came back. */
    record Answer(int status, HttpResponse<byte[]> response) {

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        byte[] bytes() {
            return response.body();
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            try {
                return MAPPER.readTree(text());
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The contents of its server-sent events. */
        List<String> events() {
            return text().lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(6))
                    .toList();
        }

        /** The same as JSON, without the end mark. */
        List<JsonNode> eventsAsJson() {
            return events().stream()
                    .filter(event -> !event.equals("[DONE]"))
                    .map(Caller::read)
                    .toList();
        }
    }

    Caller(FakeProviders fakes) {
        this.fakes = fakes;
    }

    static JsonNode read(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request to a station with its vendor's usual headers, of which a later one replaces an earlier one. */
    HttpRequest.Builder to(String station, String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(fakes.base(station) + path)).timeout(Duration.ofSeconds(20));
        switch (station.split("-", 2)[0]) {
            case "deepgram" -> request.header("Authorization", "Token " + KEY);
            case "azure" -> request.header("Ocp-Apim-Subscription-Key", KEY);
            case "anthropic" -> request.header("x-api-key", KEY).header("anthropic-version", "2023-06-01");
            case "cartesia" ->
                request.header("Authorization", "Bearer " + KEY).header("Cartesia-Version", "2026-08-14");
            case "elevenlabs" -> request.header("xi-api-key", KEY);
            default -> request.header("Authorization", "Bearer " + KEY);
        }
        return request;
    }

    Answer get(String station, String path) {
        return send(to(station, path).GET());
    }

    Answer postJson(String station, String path, String json) {
        return send(to(station, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    Answer postAudio(String station, String path, byte[] audio) {
        return send(to(station, path).header("Content-Type", "audio/wav").POST(BodyPublishers.ofByteArray(audio)));
    }

    /** A form of text fields, written {@code name=value}, and one file named {@code file} or {@code audio}. */
    Answer postForm(String station, String path, String file, byte[] content, String... fields) {
        StringBuilder form = new StringBuilder();
        for (String field : fields) {
            String[] pair = field.split("=", 2);
            form.append(
                    "--limit\r\nContent-Disposition: form-data; name=\"" + pair[0] + "\"\r\n\r\n" + pair[1] + "\r\n");
        }
        form.append("--limit\r\nContent-Disposition: form-data; name=\"" + file
                + "\"; filename=\"a.wav\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        List<byte[]> pieces = List.of(
                form.toString().getBytes(StandardCharsets.UTF_8),
                content,
                "\r\n--limit--\r\n".getBytes(StandardCharsets.UTF_8));
        return send(to(station, path)
                .header("Content-Type", "multipart/form-data; boundary=limit")
                .POST(BodyPublishers.ofByteArrays(pieces)));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            return attempt(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, where it is the test whether it works at all. */
    Answer attempt(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What most vendors are asked in these tests. */
    Answer ask(String vendor) {
        return send(usual(vendor, vendor));
    }

    HttpRequest.Builder usual(String vendor, String station) {
        return switch (vendor) {
            case "deepgram" -> to(station, "/v1/listen?model=nova-3").POST(BodyPublishers.ofByteArray(new byte[400]));
            case "azure" ->
                to(station, "/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed")
                        .POST(BodyPublishers.ofByteArray(new byte[400]));
            case "openai" ->
                json(
                        station,
                        "/v1/chat/completions",
                        "{'model':'gpt-4o-mini','messages':[{'role':'user','content':'How are you?'}]}");
            case "anthropic" ->
                json(
                        station,
                        "/v1/messages",
                        "{'model':'claude','max_tokens':100,'messages':[{'role':'user','content':'How are you?'}]}");
            case "cartesia" ->
                json(
                        station,
                        "/tts/bytes",
                        "{'model_id':'sonic-3','transcript':'How are you?','voice':{'mode':'id','id':'v'},"
                                + "'output_format':{'container':'raw','encoding':'pcm_s16le','sample_rate':16000}}");
            default ->
                json(
                        station,
                        "/v1/text-to-speech/voice/stream?output_format=pcm_16000",
                        "{'text':'How are you?','model_id':'eleven_flash_v2_5'}");
        };
    }

    private HttpRequest.Builder json(String station, String path, String json) {
        return to(station, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.replace('\'', '"')));
    }
}
