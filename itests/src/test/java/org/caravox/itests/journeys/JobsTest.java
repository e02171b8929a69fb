package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A request becomes a job, and its owner follows it to its end. */
class JobsTest {

    private static final int LONG_SECONDS = 300;

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    @Test
    void a_job_is_accepted_completed_and_leaves_its_transcript() {
        Answer accepted = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary", "mode", "async"));

        String job = accepted.expect(202).member("jobId");
        Answer ended = caller.awaitEnd(job);

        assertThat(accepted.member("status")).isEqualTo("queued");
        assertThat(accepted.header("Location")).isEqualTo("/jobs/" + job);
        assertThat(ended.member("status")).isEqualTo("completed");
        assertThat(ended.json().get("attempts").asInt()).isEqualTo(1);
        assertThat(ended.member("transcriptUrl")).isEqualTo("/transcripts/" + job);
        Answer transcript = caller.get(ended.member("transcriptUrl")).expect(200);
        assertThat(transcript.member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(transcript.member("mode")).isEqualTo("async");
    }

    @Test
    void jobs_are_listed_newest_first_by_status_and_user_and_page() {
        List<String> jobs = Stream.of("ann", "bob", "ann")
                .map(user -> caller.submit(Sample.PHONE_CLIP.bytes(), Map.of("userId", user)))
                .toList();
        jobs.forEach(caller::awaitEnd);

        Answer all = caller.get("/jobs");
        Answer anns = caller.get("/jobs?userId=ann&status=completed");
        Answer failed = caller.get("/jobs?status=failed");
        Answer first = caller.get("/jobs?limit=2");
        Answer second = caller.get("/jobs?limit=2&cursor=" + first.member("nextCursor"));

        assertThat(ids(all)).containsExactly(jobs.get(2), jobs.get(1), jobs.get(0));
        assertThat(ids(anns)).containsExactly(jobs.get(2), jobs.get(0));
        assertThat(ids(failed)).isEmpty();
        assertThat(ids(first)).containsExactly(jobs.get(2), jobs.get(1));
        assertThat(ids(second)).containsExactly(jobs.get(0));
        assertThat(second.json().has("nextCursor")).isFalse();
    }

    private static List<String> ids(Answer answer) {
        return answer.expect(200).json().get("jobs").findValuesAsText("jobId");
    }

    @Test
    void a_running_job_that_is_cancelled_stops_and_leaves_no_transcript() {
        String job = caller.submit(Wav.silence(LONG_SECONDS, 8000), Map.of());
        caller.awaitJob(job, state -> state.member("status").equals("running"));

        Answer cancelled = caller.delete("/jobs/" + job);

        assertThat(cancelled.expect(200).member("status")).isEqualTo("cancelled");
        assertThat(caller.delete("/jobs/" + job).expect(200).member("status")).isEqualTo("cancelled");
        caller.awaitEnd(caller.submit(Sample.PHONE_CLIP.bytes(), Map.of()));
        assertThat(caller.get("/jobs/" + job).member("status")).isEqualTo("cancelled");
        caller.get("/transcripts/" + job).expect(404);
    }

    @Test
    void a_job_that_was_cancelled_is_done_when_it_is_retried() {
        String job = caller.submit(Sample.BOOKING_CALL.bytes(), Map.of());
        caller.delete("/jobs/" + job).expect(200);

        Answer retried = caller.post("/jobs/" + job + "/retry");

        retried.expect(202);
        assertThat(caller.awaitEnd(job).member("status")).isEqualTo("completed");
    }

    @Test
    void a_job_that_completed_can_neither_be_cancelled_nor_retried() {
        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of());
        caller.awaitEnd(job);

        assertThat(caller.delete("/jobs/" + job).expect(409).member("error")).contains("completed");
        assertThat(caller.post("/jobs/" + job + "/retry").expect(409).member("error"))
                .contains("completed");
    }

    @Test
    void a_job_whose_source_fails_is_tried_three_times_and_then_fails_with_the_reason() {
        String job = caller.postJson(
                        "/transcribe",
                        Map.of("audioUrl", sources.url() + "/status/500", "userId", "u", "mode", "async"))
                .expect(202)
                .member("jobId");

        Answer ended = caller.awaitEnd(job);

        assertThat(ended.member("status")).isEqualTo("failed");
        assertThat(ended.json().get("attempts").asInt()).isEqualTo(3);
        assertThat(ended.member("error")).contains("500");
    }

    @Test
    void a_job_that_cannot_succeed_fails_at_once_and_can_be_retried_when_its_cause_is_gone() {
        String url = sources.url() + "/recordings/late.wav";
        String job = caller.postJson("/transcribe", Map.of("audioUrl", url, "userId", "u", "mode", "async"))
                .expect(202)
                .member("jobId");
        Answer failed = caller.awaitEnd(job);

        sources.serve("late.wav", Sample.PHONE_CLIP.bytes());
        caller.post("/jobs/" + job + "/retry").expect(202);

        assertThat(failed.member("status")).isEqualTo("failed");
        assertThat(failed.json().get("attempts").asInt()).isEqualTo(1);
        assertThat(failed.member("error")).contains("404");
        assertThat(caller.awaitEnd(job).member("status")).isEqualTo("completed");
    }

    @Test
    void more_urgent_jobs_are_begun_first() {
        List<String> busy = submit(4, 9);
        List<String> patient = submit(2, 1);
        List<String> urgent = submit(2, 8);

        Stream.of(busy, patient, urgent).flatMap(List::stream).forEach(caller::awaitEnd);

        Instant lastUrgent =
                urgent.stream().map(this::begun).max(Instant::compareTo).orElseThrow();
        Instant firstPatient =
                patient.stream().map(this::begun).min(Instant::compareTo).orElseThrow();
        assertThat(lastUrgent).isBefore(firstPatient);
    }

    private List<String> submit(int count, int priority) {
        return Stream.generate(
                        () -> caller.submit(Sample.PHONE_CLIP.bytes(), Map.of("priority", Integer.toString(priority))))
                .limit(count)
                .toList();
    }

    private Instant begun(String job) {
        JsonNode state = caller.get("/jobs/" + job).expect(200).json();
        return Instant.parse(state.get("startedAt").asText());
    }
}
