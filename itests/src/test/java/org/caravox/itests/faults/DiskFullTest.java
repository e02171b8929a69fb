package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk that runs full, with the database of the hub on it, costs time and no job. */
class DiskFullTest {

    private static final int JOBS = 2_000;
    private static final int CALLERS = 16;
    private static final Duration WITHIN = Duration.ofMinutes(3);
    private static final int PAGE = 100;

    private final Path disk = Files.createTempDirectory("caravox-disk-");
    private final FakeProviders fakes = FakeProviders.start(0);
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Answer> refused = new ConcurrentLinkedQueue<>();
    private RunningHub hub;

    DiskFullTest() throws IOException {}

    @BeforeEach
    void start() throws IOException {
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", disk.toString());
        assumeTrue(refusal.isEmpty(), () -> "no small disk here: " + refusal);
        fakes.script("deepgram", new Rule().latency(Duration.ofMillis(20)));
        hub = RunningHub.start(Files.createDirectory(disk.resolve("data")), settings());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.data-reserve", "64MB");
        settings.put("caravox.jobs.workers", "4");
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        settings.put("caravox.limits.concurrent", "1000");
        settings.put("caravox.secrets.deepgram", "dg-secret");
        settings.put(
                "caravox.transcription.providers.deepgram.base-url",
                fakes.base("deepgram").toString());
        settings.put("caravox.transcription.chain.links[0].provider", "deepgram");
        return settings;
    }

    @AfterEach
    void stop() throws IOException {
        threads.shutdownNow();
        if (hub != null) {
            hub.close();
        }
        run("umount", disk.toString());
        Files.deleteIfExists(disk);
        fakes.close();
    }

    @Test
    void what_was_accepted_is_done_once_and_the_rest_is_refused_until_there_is_room() throws IOException {
        IntStream.range(0, JOBS).forEach(i -> threads.execute(this::submit));
        await().atMost(WITHIN).until(() -> accepted.size() > JOBS / 4);

        Path filler = fill();
        await().atMost(WITHIN).until(() -> refused.size() > 50);
        Answer told = await().atMost(WITHIN)
                .until(
                        () -> hub.demo().upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", "async")),
                        answer -> answer.text().contains("disk is nearly full"));
        assertThat(told.status()).isEqualTo(503);
        assertThat(told.header("Retry-After")).isNotEmpty();
        Files.delete(filler);

        await().atMost(WITHIN).until(() -> hub.nobody().get("/health/readiness").status() == 200);
        await().atMost(WITHIN).until(() -> accepted.size() + refused.size() >= JOBS);
        accepted.add(hub.demo().submit(Sample.PHONE_CLIP.bytes(), Map.of()));
        assertThat(refused).extracting(Answer::status).containsOnly(503);
        assertThat(refused)
                .allSatisfy(answer -> assertThat(answer.member("error")).isNotBlank());

        Map<String, JsonNode> ended = awaitEnds();
        assertThat(ended.keySet()).containsAll(accepted);
        assertThat(ended.values())
                .filteredOn(job -> !job.get("status").asText().equals("completed"))
                .allSatisfy(job -> {
                    assertThat(job.get("status").asText()).isEqualTo("failed");
                    assertThat(job.get("error").asText()).isNotBlank();
                });
        assertThat(all("transcripts", "id").keySet()).isEqualTo(completed(ended));
    }

    private void submit() {
        Caller caller = hub.demo();
        Answer answer;
        try {
            answer = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", "async"));
        } catch (UncheckedIOException e) {
            throw new AssertionError("every caller gets an answer", e);
        }
        if (answer.status() == 202) {
            accepted.add(answer.member("jobId"));
        } else {
            refused.add(answer);
        }
    }

    /** A file that takes all the room that is left. */
    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        byte[] some = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
        return filler;
    }

    private Map<String, JsonNode> awaitEnds() {
        await().atMost(WITHIN).pollInterval(Duration.ofMillis(500)).until(() -> List.of("queued", "running").stream()
                .allMatch(status -> hub.demo()
                        .get("/jobs?limit=1&status=" + status)
                        .expect(200)
                        .json()
                        .get("jobs")
                        .isEmpty()));
        return all("jobs", "jobId");
    }

    private static Set<String> completed(Map<String, JsonNode> jobs) {
        return jobs.entrySet().stream()
                .filter(job -> job.getValue().get("status").asText().equals("completed"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** All of a list, page by page; none is in it twice. */
    private Map<String, JsonNode> all(String list, String id) {
        Map<String, JsonNode> found = new LinkedHashMap<>();
        String cursor = "";
        do {
            JsonNode page = hub.demo()
                    .get("/" + list + "?limit=" + PAGE + cursor)
                    .expect(200)
                    .json();
            page.get(list).forEach(each -> assertThat(found.put(each.get(id).asText(), each))
                    .isNull());
            cursor =
                    page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asText() : "";
        } while (!cursor.isEmpty());
        return found;
    }

    /** Runs a program; returns what it said if it failed. */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return process.waitFor() == 0 ? "" : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
