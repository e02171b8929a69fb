package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.caravox.itests.sources.WebhookInbox.Posted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The webhook of a job is told how it ended, signed, until it has heard. */
class WebhookTest {

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    @Test
    void a_completed_job_is_told_with_its_transcript_and_a_signature_that_holds() throws Exception {
        WebhookInbox inbox = sources.inbox("completed");

        String job = submit(inbox, Map.of("metadata", "{\"call\":1}"));
        Posted posted = first(inbox);

        JsonNode body = body(posted);
        assertThat(body.get("jobId").asText()).isEqualTo(job);
        assertThat(body.get("status").asText()).isEqualTo("completed");
        assertThat(body.get("transcript").asText()).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(body.get("metadata").toString()).isEqualTo("{\"call\":1}");
        new Webhook(secret()).verify(posted.body(), posted.headers());
        caller.awaitJob(job, state -> state.member("webhook").equals("delivered"));
    }

    @Test
    void a_webhook_that_answers_500_is_told_again_with_the_same_id_and_a_signature_that_holds() throws Exception {
        WebhookInbox inbox = sources.inbox("stumbles").answerNextWith(500);

        String job = submit(inbox, Map.of());
        caller.awaitJob(job, state -> state.member("webhook").equals("delivered"));

        List<Posted> posted = inbox.posted();
        assertThat(posted).hasSize(2);
        assertThat(posted.get(1).headers().get("webhook-id"))
                .isEqualTo(posted.get(0).headers().get("webhook-id"));
        new Webhook(secret()).verify(posted.get(1).body(), posted.get(1).headers());
    }

    @Test
    void a_webhook_that_never_hears_is_given_up_after_its_retries() {
        WebhookInbox inbox =
                sources.inbox("deaf").answerNextWith(500).answerNextWith(404).answerNextWith(503);

        String job = submit(inbox, Map.of());

        caller.awaitJob(job, state -> state.member("webhook").equals("failed"));
        assertThat(inbox.posted()).hasSize(3);
        assertThat(caller.get("/jobs/" + job).member("status")).isEqualTo("completed");
    }

    @Test
    void a_webhook_that_redirects_is_not_followed() {
        WebhookInbox inbox = sources.inbox("elsewhere");
        Map<String, String> fields = Map.of("webhookUrl", sources.redirectTo(inbox.url()), "userId", "u");

        String job = caller.submit(Sample.PHONE_CLIP.bytes(), fields);

        caller.awaitJob(job, state -> state.member("webhook").equals("failed"));
        assertThat(inbox.posted()).isEmpty();
    }

    @Test
    void a_failed_and_a_cancelled_job_are_told_too() {
        WebhookInbox failed = sources.inbox("failed");
        WebhookInbox cancelled = sources.inbox("cancelled");

        Map<String, String> request = new HashMap<>(Map.of("userId", "u", "mode", "async"));
        request.put("audioUrl", sources.url() + "/status/404");
        request.put("webhookUrl", failed.url());
        caller.postJson("/transcribe", request).expect(202);
        String running = caller.submit(Wav.silence(300, 8000), Map.of("webhookUrl", cancelled.url()));
        caller.delete("/jobs/" + running).expect(200);

        assertThat(body(first(failed)).get("status").asText()).isEqualTo("failed");
        assertThat(body(first(failed)).get("error").asText()).contains("404");
        assertThat(body(first(cancelled)).get("status").asText()).isEqualTo("cancelled");
    }

    private String submit(WebhookInbox inbox, Map<String, String> further) {
        Map<String, String> fields = new HashMap<>(further);
        fields.put("webhookUrl", inbox.url());
        return caller.submit(Sample.PHONE_CLIP.bytes(), fields);
    }

    private String secret() {
        return caller.get("/webhook-secret").expect(200).member("secret");
    }

    private static Posted first(WebhookInbox inbox) {
        return await("a message at " + inbox.url())
                .atMost(java.time.Duration.ofSeconds(60))
                .until(inbox::posted, posted -> !posted.isEmpty())
                .get(0);
    }

    private static JsonNode body(Posted posted) {
        try {
            return new ObjectMapper().readTree(posted.body());
        } catch (IOException e) {
            throw new AssertionError(posted.body(), e);
        }
    }
}
