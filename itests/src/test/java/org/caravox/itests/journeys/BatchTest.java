package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many recordings are sent, followed, cancelled and answered as one. */
class BatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @AutoClose
    private static SourceServer sources;

    private static String clip;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
        clip = sources.serve("clip.wav", Sample.PHONE_CLIP.bytes());
    }

    @Test
    void bad_lines_are_told_with_their_numbers_and_do_not_stop_the_good_ones() {
        Answer accepted = submit(String.join(
                        "\n",
                        line("good", clip),
                        "this is no JSON",
                        "",
                        "[1]",
                        "{\"audioUrl\":\"" + clip + "\"}",
                        line("good", clip),
                        line("private", "http://10.0.0.1/a.wav"),
                        "{\"item\":\"missing\"}",
                        "{\"item\":\"live\",\"audioUrl\":\"" + clip + "\",\"mode\":\"sync\"}",
                        "{\"item\":\"long\",\"metadata\":{\"x\":\"" + "x".repeat(70_000) + "\"}}",
                        line("gone", sources.url() + "/recordings/nothing.wav")))
                .expect(202);
        String batch = accepted.member("batchId");

        JsonNode ended = awaitEnd(batch);

        assertThat(accepted.header("Location")).isEqualTo("/batches/" + batch);
        assertThat(lines(accepted.json().get("refusals"))).containsExactly(2, 4, 6, 7, 8, 9, 10);
        assertThat(ended.get("total").asInt()).isEqualTo(10);
        assertThat(ended.at("/counts/completed").asInt()).isEqualTo(2);
        assertThat(ended.at("/counts/failed").asInt()).isEqualTo(1);
        assertThat(ended.at("/counts/refused").asInt()).isEqualTo(7);
        Answer first = caller.get("/batches/" + batch + "/refusals?limit=5").expect(200);
        Answer second = caller.get("/batches/" + batch + "/refusals?limit=5&cursor=" + first.member("nextCursor"));
        assertThat(lines(first.json().get("refusals"))).containsExactly(2, 4, 6, 7, 8);
        assertThat(lines(second.expect(200).json().get("refusals"))).containsExactly(9, 10);
    }

    private static List<Integer> lines(JsonNode refusals) {
        return refusals.findValues("line").stream().map(JsonNode::asInt).toList();
    }

    @Test
    void a_list_of_nothing_but_bad_lines_is_refused_and_leaves_nothing() {
        Answer refused = submit("nonsense\n{\"item\":\"a\"}\n");

        assertThat(refused.expect(422).member("error")).contains("none of the 2 lines", "line 1", "line 2: audioUrl");
        assertThat(submit("\n\n").expect(422).member("error")).contains("no lines");
        assertThat(caller.get("/batches").expect(200).json().get("batches")).isEmpty();
        assertThat(caller.get("/jobs").expect(200).json().get("jobs")).isEmpty();
    }

    @Test
    void a_list_that_is_too_long_is_refused_and_nothing_of_it_is_kept() {
        String list = IntStream.rangeClosed(1, 100_001)
                .mapToObj(i -> line("i" + i, clip))
                .reduce(new StringBuilder(), (all, line) -> all.append(line).append('\n'), StringBuilder::append)
                .toString();

        Answer refused = submit(list);

        assertThat(refused.expect(413).member("error")).contains("100000");
        assertThat(caller.get("/batches").expect(200).json().get("batches")).isEmpty();
        assertThat(caller.get("/jobs").expect(200).json().get("jobs")).isEmpty();
    }

    @Test
    void the_same_list_with_the_same_key_is_one_batch() {
        HttpRequest.Builder request = caller.request("/jobs/batch?userId=u")
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", "nightly")
                .POST(BodyPublishers.ofString(line("a", clip)));

        Answer first = caller.send(request).expect(202);
        Answer second = caller.send(request).expect(202);

        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(caller.get("/jobs?batch=" + first.member("batchId")).json().get("jobs"))
                .hasSize(1);
    }

    @Test
    void recordings_are_uploaded_into_an_open_batch_each_once() {
        String batch = open();
        String job = upload(batch, "one").expect(202).member("jobId");

        Answer again = upload(batch, "one").expect(202);
        caller.postJson(
                        "/transcribe",
                        Map.of("audioUrl", clip, "userId", "u", "batch", batch, "item", "two", "metadata", Map.of()))
                .expect(202);
        Answer closed = caller.post("/batches/" + batch + "/close").expect(200);
        JsonNode ended = awaitEnd(batch);

        assertThat(again.member("jobId")).isEqualTo(job);
        assertThat(closed.member("status")).isEqualTo("running");
        assertThat(ended.at("/counts/completed").asInt()).isEqualTo(2);
        assertThat(caller.get("/jobs?batch=" + batch + "&item=one")
                        .json()
                        .at("/jobs/0/jobId")
                        .asText())
                .isEqualTo(job);
        upload(batch, "three").expect(409);
    }

    @Test
    void an_upload_goes_into_a_batch_of_its_own_tenant_as_a_job_with_a_name_only() {
        String batch = open();
        Map<String, String> fields = Map.of("userId", "u", "batch", batch);

        Answer nameless = caller.upload(Sample.PHONE_CLIP.bytes(), fields);
        Answer sync = caller.upload(
                Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "batch", batch, "item", "a", "mode", "sync"));
        Answer batchless = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "item", "a"));
        Caller other = SharedHub.hub().newTenant();
        Answer foreign = other.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "batch", batch, "item", "a"));

        assertThat(nameless.expect(422).member("error")).contains("item is missing");
        assertThat(sync.expect(422).member("error")).contains("async");
        assertThat(batchless.expect(422).member("error")).contains("batch");
        foreign.expect(404);
        for (String path : List.of("", "/refusals", "/results")) {
            other.get("/batches/" + batch + path).expect(404);
        }
        other.delete("/batches/" + batch).expect(404);
        other.post("/batches/" + batch + "/close").expect(404);
        assertThat(caller.get("/batches/" + batch).member("status")).isEqualTo("open");
    }

    @Test
    void a_batch_that_is_cancelled_ends_all_that_has_not_ended() {
        String batch = open();
        for (String item : List.of("a", "b", "c")) {
            caller.upload(Wav.silence(300, 8000), Map.of("userId", "u", "batch", batch, "item", item))
                    .expect(202);
        }

        Answer cancelled = caller.delete("/batches/" + batch).expect(200);

        assertThat(cancelled.member("status")).isEqualTo("cancelled");
        assertThat(cancelled.json().at("/counts/cancelled").asInt()).isEqualTo(3);
        assertThat(caller.delete("/batches/" + batch).expect(200).member("status"))
                .isEqualTo("cancelled");
        upload(batch, "late").expect(409);
    }

    @Test
    void a_batch_that_has_ended_cannot_be_cancelled() {
        String batch = submit(line("gone", sources.url() + "/recordings/nothing.wav"))
                .expect(202)
                .member("batchId");
        awaitEnd(batch);

        assertThat(caller.delete("/batches/" + batch).expect(409).member("error"))
                .contains("ended");
    }

    @Test
    void results_come_as_lines_and_as_files() throws IOException, InterruptedException {
        String batch = submit(String.join(
                        "\n",
                        line("calls/one", clip),
                        line("../out", clip),
                        "nonsense",
                        line("gone", sources.url() + "/recordings/nothing.wav")))
                .expect(202)
                .member("batchId");
        awaitEnd(batch);

        List<JsonNode> lines = caller.get("/batches/" + batch + "/results")
                .expect(200)
                .text()
                .lines()
                .map(BatchTest::read)
                .toList();
        Map<String, String> files = unzip(batch);

        assertThat(lines)
                .extracting(line -> line.path("status").asText())
                .containsExactlyInAnyOrder("completed", "completed", "failed", "refused");
        JsonNode one = lines.stream()
                .filter(line -> line.path("item").asText().equals("calls/one"))
                .findFirst()
                .orElseThrow();
        assertThat(one.at("/transcript/transcript").asText()).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(files.get("calls/one.txt")).isEqualTo(Sample.PHONE_CLIP.text() + "\n");
        assertThat(files).containsKey("calls/one.json").hasSize(5);
        assertThat(files.keySet()).noneMatch(name -> name.contains(".."));
        assertThat(files.get("errors.jsonl").lines()).hasSize(2);
        assertThat(caller.get("/batches/" + batch + "/results?status=failed")
                        .text()
                        .lines())
                .hasSize(1);
        caller.get("/batches/" + batch + "/results?format=xml").expect(422);
    }

    private Map<String, String> unzip(String batch) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(caller.url() + "/batches/" + batch + "/results?format=zip"))
                .header("Authorization", "Bearer " + caller.key())
                .build();
        byte[] body = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .body();
        Map<String, String> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(body))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), text(zip));
            }
        }
        return files;
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void batches_are_listed_newest_first_by_page() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(0, open());
        }

        Answer first = caller.get("/batches?limit=2").expect(200);
        Answer second = caller.get("/batches?limit=2&cursor=" + first.member("nextCursor"));

        assertThat(first.json().get("batches").findValuesAsText("batchId")).isEqualTo(made.subList(0, 2));
        assertThat(second.expect(200).json().get("batches").findValuesAsText("batchId"))
                .isEqualTo(made.subList(2, 3));
    }

    private String open() {
        return caller.postJson("/batches", Map.of("name", "a night's calls"))
                .expect(201)
                .member("batchId");
    }

    private Answer upload(String batch, String item) {
        return caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "batch", batch, "item", item));
    }

    private Answer submit(String lines) {
        return caller.send(caller.request("/jobs/batch?userId=u")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
    }

    private static String line(String item, String url) {
        return Caller.json(Map.of("item", item, "audioUrl", url));
    }

    private JsonNode awaitEnd(String batch) {
        return await("batch " + batch)
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> caller.get("/batches/" + batch).expect(200).json(),
                        now -> now.get("status").asText().equals("ended"));
    }
}
