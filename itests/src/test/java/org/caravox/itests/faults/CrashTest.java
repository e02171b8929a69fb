package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub that dies, or is stopped, in the middle of its work loses nothing and does nothing twice. */
class CrashTest {

    private static final List<Sample> SAMPLES = List.of(Sample.values());
    private static final Duration WORK_WITHIN = Duration.ofMinutes(3);

    @AutoClose
    private final SourceServer sources = new SourceServer();

    private final Path data = Files.createTempDirectory("caravox-crash-");
    private RunningHub hub;

    CrashTest() throws IOException {}

    @BeforeEach
    void start() {
        hub = RunningHub.start(data, SharedHub.quickSettings());
    }

    private void startAgain() {
        hub = RunningHub.start(data, SharedHub.quickSettings());
    }

    @AfterEach
    void stop() {
        hub.closeAndForget();
    }

    @Test
    void jobs_under_way_when_the_hub_is_killed_are_each_completed_once() {
        WebhookInbox inbox = sources.inbox("jobs");
        Map<String, Sample> jobs = submitTwelve(inbox);
        await().atMost(WORK_WITHIN).until(() -> count("completed") >= 2 && count("running") >= 1);
        Map<String, String> before = ends();

        hub.kill9();
        startAgain();

        await().atMost(WORK_WITHIN).until(() -> count("completed") == jobs.size());
        assertThat(transcriptIds()).containsExactlyInAnyOrderElementsOf(jobs.keySet());
        jobs.forEach((job, sample) -> assertTranscript(job, sample));
        before.forEach((job, endedAt) -> assertThat(job(job).member("endedAt"))
                .as("job " + job + " had ended before the crash")
                .isEqualTo(endedAt));
        await().atMost(WORK_WITHIN).until(() -> told(inbox).containsAll(jobs.keySet()));
    }

    private Map<String, Sample> submitTwelve(WebhookInbox inbox) {
        Map<String, Sample> jobs = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            Sample sample = SAMPLES.get(i % SAMPLES.size());
            String priority = Integer.toString(i % 10);
            jobs.put(
                    i % 2 == 0
                            ? hub.demo().submit(sample.bytes(), Map.of("priority", priority, "webhookUrl", inbox.url()))
                            : submitByAddress(sample, inbox),
                    sample);
        }
        return jobs;
    }

    private String submitByAddress(Sample sample, WebhookInbox inbox) {
        String url = sources.serve(sample.name(), sample.bytes());
        return hub.demo()
                .postJson(
                        "/transcribe",
                        Map.of("audioUrl", url, "userId", "u", "mode", "async", "webhookUrl", inbox.url()))
                .expect(202)
                .member("jobId");
    }

    private static List<String> told(WebhookInbox inbox) {
        return inbox.posted().stream()
                .map(posted -> posted.body().replaceFirst("(?s).*\"jobId\":\"([^\"]+)\".*", "$1"))
                .toList();
    }

    private Map<String, String> ends() {
        Map<String, String> ends = new LinkedHashMap<>();
        for (JsonNode job :
                hub.demo().get("/jobs?status=completed").expect(200).json().get("jobs")) {
            ends.put(job.get("jobId").asText(), job.get("endedAt").asText());
        }
        return ends;
    }

    private void assertTranscript(String job, Sample sample) {
        JsonNode channels =
                hub.demo().get("/transcripts/" + job).expect(200).json().get("channels");
        assertThat(channels.findValuesAsText("transcript")).isEqualTo(sample.channels());
    }

    private List<String> transcriptIds() {
        return hub.demo()
                .get("/transcripts")
                .expect(200)
                .json()
                .get("transcripts")
                .findValuesAsText("id");
    }

    private int count(String status) {
        return hub.demo()
                .get("/jobs?status=" + status)
                .expect(200)
                .json()
                .get("jobs")
                .size();
    }

    private Answer job(String id) {
        return hub.demo().get("/jobs/" + id).expect(200);
    }

    @Test
    void a_hub_that_is_stopped_gives_its_running_jobs_back_as_if_they_had_not_begun() {
        String job = hub.demo().submit(Wav.silence(150, 8000), Map.of());
        hub.demo().awaitJob(job, state -> state.member("status").equals("running"));

        hub.close();
        assertThat(hub.log()).contains("job.released job=" + job);
        startAgain();

        Answer ended = hub.demo().awaitEnd(job);
        assertThat(ended.member("status")).isEqualTo("completed");
        assertThat(ended.json().get("attempts").asInt()).isEqualTo(1);
    }

    private boolean aRecordingHasArrived() {
        String[] recordings = data.resolve("audio").toFile().list();
        return recordings != null && recordings.length > 0;
    }

    @Test
    void a_hub_that_is_stopped_first_answers_those_who_wait() {
        Caller caller = hub.demo();
        CompletableFuture<Answer> waiting =
                caller.sendAsync(caller.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync")));
        await().until(this::aRecordingHasArrived);

        hub.terminate();

        assertThat(waiting.join().expect(200).member("transcript")).isEqualTo(Sample.VOICEMAIL.text());
        hub.awaitEnd();
    }

    @Test
    void a_request_that_a_crash_cut_off_is_done_once_when_it_is_sent_again() {
        List<String> ids = new ArrayList<>();
        Caller before = hub.demo();
        CompletableFuture<Answer> cutOff =
                before.sendAsync(before.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"))
                        .header("Idempotency-Key", "cut-off"));
        await().until(this::aRecordingHasArrived);
        hub.kill9();
        assertThat(cutOff).failsWithin(Duration.ofSeconds(30));
        startAgain();

        for (int i = 0; i < 2; i++) {
            Caller caller = hub.demo();
            ids.add(caller.send(caller.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"))
                            .header("Idempotency-Key", "cut-off"))
                    .expect(200)
                    .member("requestId"));
        }

        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(transcriptIds()).containsExactly(ids.get(0));
    }
}
