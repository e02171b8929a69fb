package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import okhttp3.tls.HeldCertificate;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.CertificateEndpoint;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.caravox.itests.sources.WebhookInbox.Posted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tenant says where its events go, sees what came of them, and has them again. */
class EndpointsTest {

    private static final byte[] CLIP = Sample.PHONE_CLIP.bytes();
    private static final ObjectMapper JSON = new ObjectMapper();

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    private String create(WebhookInbox inbox, Map<String, ?> further) {
        Map<String, Object> fields = new java.util.HashMap<>(further);
        fields.put("url", inbox.url());
        return caller.postJson("/webhooks", fields).expect(201).member("id");
    }

    private static List<Posted> posted(WebhookInbox inbox, int times) {
        return await("messages at " + inbox.url())
                .atMost(Duration.ofSeconds(60))
                .until(inbox::posted, posted -> posted.size() >= times);
    }

    private JsonNode deliveries(String query, int many) {
        return await("deliveries " + query)
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> caller.get("/deliveries?" + query)
                                .expect(200)
                                .json()
                                .path("deliveries"),
                        found -> found.size() >= many);
    }

    @Test
    void events_arrive_signed_in_the_form_of_their_schema_and_as_filtered() throws Exception {
        WebhookInbox all = sources.inbox("all");
        WebhookInbox some = sources.inbox("some");
        String secret = caller.postJson("/webhooks", Map.of("url", all.url()))
                .expect(201)
                .member("secret");
        create(
                some,
                Map.of("filter", "$.type == \"transcript.ready\" && $.data.duration > 1", "format", "cloudevents"));

        String job = caller.submit(CLIP, Map.of("userId", "mary"));

        List<Posted> told = posted(all, 2);
        JsonNode catalogue = caller.get("/events/catalogue").expect(200).json().path("events");
        for (Posted each : told) {
            new Webhook(secret).verify(each.body(), each.headers());
            assertValid(catalogue, JSON.readTree(each.body()));
        }
        JsonNode event = JSON.readTree(posted(some, 1).get(0).body());
        assertThat(event.path("specversion").asText()).isEqualTo("1.0");
        assertThat(event.at("/data/transcriptId").asText()).isEqualTo(job);
        String id = posted(some, 1).get(0).headers().get("webhook-id").get(0);
        assertThat(event.path("id").asText()).isEqualTo(id);
        assertThat(deliveries("event=" + id, 2).findValuesAsText("subject")).containsOnly(job);
        assertThat(some.posted()).hasSize(1);
    }

    @Test
    void each_example_of_the_catalogue_is_valid() {
        JsonNode catalogue = caller.get("/events/catalogue").expect(200).json().path("events");

        assertThat(catalogue).hasSizeGreaterThan(6);
        for (JsonNode each : catalogue) {
            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(each.path("schema"))
                            .validate(each.path("example")))
                    .as(each.path("type").asText())
                    .isEmpty();
        }
    }

    private static void assertValid(JsonNode catalogue, JsonNode event) {
        JsonNode schema = catalogue
                .valueStream()
                .filter(each -> each.path("type").equals(event.path("type")))
                .findFirst()
                .orElseThrow()
                .path("schema");
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(schema)
                        .validate(event.path("data")))
                .as(event.toString())
                .isEmpty();
    }

    @Test
    void what_was_given_up_is_shown_with_its_attempts_and_delivered_again() {
        WebhookInbox inbox = sources.inbox("stumbles-thrice")
                .answerNextWith(500)
                .answerNextWith(404)
                .answerNextWith(503);
        Instant before = Instant.now().minusSeconds(60);
        String id = create(inbox, Map.of("types", List.of("job.completed")));

        caller.submit(CLIP, Map.of());
        String delivery =
                deliveries("status=failed&endpoint=" + id, 1).get(0).path("id").asText();

        JsonNode detail = caller.get("/deliveries/" + delivery).expect(200).json();
        assertThat(detail.path("tried").findValuesAsText("status")).containsExactly("500", "404", "503");
        assertThat(detail.at("/delivery/fault").asText()).isEqualTo("status");
        assertThat(detail.at("/delivery/error").asText()).contains("503");
        assertThat(detail.at("/data/status").asText()).isEqualTo("completed");
        Answer replayed = caller.postJson("/webhooks/" + id + "/replay", Map.of("since", before.toString()));
        assertThat(replayed.expect(202).member("replayed")).isEqualTo("1");
        deliveries("status=delivered&endpoint=" + id, 1);
        caller.post("/deliveries/" + delivery + "/replay").expect(202);
        assertThat(posted(inbox, 5))
                .extracting(each -> each.headers().get("webhook-id"))
                .containsOnly(inbox.posted().get(0).headers().get("webhook-id"));
        assertThat(caller.post("/deliveries/" + delivery + "/discard").status()).isIn(200, 409);
    }

    @Test
    void what_happens_while_an_endpoint_is_paused_waits_for_it() {
        WebhookInbox inbox = sources.inbox("paused");
        String id = create(inbox, Map.of("types", List.of("job.completed")));
        caller.post("/webhooks/" + id + "/pause").expect(200);

        caller.awaitEnd(caller.submit(CLIP, Map.of()));
        String waiting =
                deliveries("status=pending&endpoint=" + id, 1).get(0).path("id").asText();
        assertThat(inbox.posted()).isEmpty();
        caller.post("/deliveries/" + waiting + "/discard").expect(200);
        caller.awaitEnd(caller.submit(CLIP, Map.of()));
        deliveries("status=pending&endpoint=" + id, 1);
        assertThat(caller.post("/webhooks/" + id + "/resume").expect(200).member("status"))
                .isEqualTo("active");

        posted(inbox, 1);
        deliveries("status=delivered&endpoint=" + id, 1);
        assertThat(inbox.posted()).hasSize(1);
    }

    @Test
    void a_test_shows_exactly_what_was_signed_and_what_came_back() throws Exception {
        WebhookInbox inbox = sources.inbox("tested").answerNextWith(500);
        JsonNode made = caller.postJson(
                        "/webhooks",
                        Map.of("url", inbox.url(), "headers", Map.of("X-Team", "blue", "X-Api-Key", "hush")))
                .expect(201)
                .json();

        JsonNode told = caller.postJson(
                        "/webhooks/" + made.path("id").asText() + "/test", Map.of("type", "transcript.ready"))
                .expect(200)
                .json();

        Posted got = inbox.posted().get(0);
        assertThat(told.path("arrived").asBoolean()).isFalse();
        assertThat(told.path("status").asInt()).isEqualTo(500);
        assertThat(told.at("/sent/body").asText()).isEqualTo(got.body());
        for (String header : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
            assertThat(told.at("/sent/headers/" + header).asText())
                    .isEqualTo(got.headers().get(header).get(0));
        }
        assertThat(told.at("/signed/content").asText())
                .isEqualTo(got.headers().get("webhook-id").get(0) + "."
                        + got.headers().get("webhook-timestamp").get(0) + "." + got.body());
        assertThat(got.headers().get("x-api-key")).containsExactly("hush");
        assertThat(told.toString())
                .contains("blue")
                .doesNotContain("hush", made.path("secret").asText());
        new Webhook(made.path("secret").asText()).verify(got.body(), got.headers());
    }

    @Test
    void an_endpoint_that_asks_for_a_certificate_is_shown_the_tenants_and_without_one_it_is_told_what_is_wrong()
            throws IOException {
        try (CertificateEndpoint endpoint = new CertificateEndpoint(SharedHub.AUTHORITY)) {
            HeldCertificate mine = new HeldCertificate.Builder()
                    .commonName("acme")
                    .signedBy(SharedHub.AUTHORITY)
                    .build();
            String with = createAt(
                    endpoint,
                    Map.of(
                            "auth",
                            Map.of(
                                    "type",
                                    "mtls",
                                    "certificate",
                                    mine.certificatePem(),
                                    "key",
                                    mine.privateKeyPkcs8Pem())));
            String without = createAt(endpoint, Map.of());

            caller.submit(CLIP, Map.of());

            deliveries("status=delivered&endpoint=" + with, 1);
            JsonNode failed = deliveries("status=failed&endpoint=" + without, 1).get(0);
            assertThat(endpoint.callers()).containsExactly("CN=acme");
            assertThat(failed.path("fault").asText()).isEqualTo("tls");
            assertThat(failed.path("error").asText()).startsWith("127.0.0.1 wants a client certificate");
            assertThat(failed.path("attempts").asInt()).isEqualTo(3);
            assertThat(caller.get("/webhooks/" + with).expect(200).text()).doesNotContain("PRIVATE KEY");
        }
    }

    private String createAt(CertificateEndpoint endpoint, Map<String, ?> further) {
        Map<String, Object> fields = new java.util.HashMap<>(further);
        fields.put("url", endpoint.url());
        fields.put("types", List.of("job.completed"));
        return caller.postJson("/webhooks", fields).expect(201).member("id");
    }

    @Test
    void an_endpoint_is_changed_field_by_field_its_secret_is_not_shown_again_and_it_can_go() {
        Answer made = caller.postJson(
                "/webhooks",
                Map.of(
                        "url",
                        sources.url() + "/inbox/changed",
                        "description",
                        "first",
                        "auth",
                        Map.of(
                                "type",
                                "oauth2",
                                "tokenUrl",
                                sources.url() + "/token",
                                "clientId",
                                "me",
                                "clientSecret",
                                "very-secret")));
        String path = "/webhooks/" + made.expect(201).member("id");

        Answer changed = patch(path, "{\"ratePerSecond\": 5, \"description\": null, \"ordering\": \"call\"}");

        assertThat(changed.expect(200).json().path("ratePerSecond").asInt()).isEqualTo(5);
        assertThat(changed.json().path("ordering").asText()).isEqualTo("call");
        assertThat(changed.json().has("description")).isFalse();
        assertThat(changed.json().path("url")).isEqualTo(made.json().path("url"));
        assertThat(made.text() + changed.text()).doesNotContain("very-secret");
        assertThat(caller.get(path).expect(200).text()).doesNotContain("whsec_");
        caller.delete(path).expect(200);
        caller.get(path).expect(404);
        assertThat(caller.get("/webhooks").expect(200).json().path("webhooks")).isEmpty();
    }

    private Answer patch(String path, String body) {
        return caller.send(caller.request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            "url": "ftp://example.com/"                                     | url must begin with http
            "url": "http://10.0.0.1/"                                       | url must be a public address
            "url": "https://me:pw@example.com/"                             | must not hold a user name
            "types": ["job.done"]                                           | the types are job.completed
            "secret": "whsec_c2hvcnQ="                                      | Base64 of 24 to 64 bytes, was that of 5
            "filter": "$.data.duration >"                                   | filter does not compile at its end: syntax error
            "filter": "$.data.duration >> 5"                                | filter does not compile at character
            "filter": "$.data.duration"                                     | filter must be a condition
            "headers": {"webhook-id": "1"}                                  | is not yours to set
            "headers": {"a b": "1"}                                         | cannot be the name of a header
            "ratePerSecond": 0                                              | ratePerSecond must be a whole number, 1 to 1000
            "ordering": "always"                                            | use none, call
            "whenExhausted": "park"                                         | needs ordering
            "auth": {"type": "mtls", "certificate": "x", "key": "y"}        | -----BEGIN CERTIFICATE-----
            "auth": {"type": "basic"}                                       | auth.type must be oauth2
            "colour": "red"                                                 | unknown field "colour"
            """)
    void what_cannot_be_used_is_told_and_nothing_is_saved(String field, String told) {
        String url = field.contains("\"url\"") ? "" : "\"url\": \"" + sources.url() + "/inbox/x\", ";

        Answer refused = caller.postJson("/webhooks", "{" + url + field + "}").expect(422);

        assertThat(refused.member("error")).contains(told).doesNotContain("whsec_c2");
        assertThat(caller.get("/webhooks").json().path("webhooks")).isEmpty();
    }

    @Test
    void transcripts_are_scored_and_told_of_and_rules_can_be_tried() {
        Caller demo = SharedHub.hub().demo();
        WebhookInbox inbox = sources.inbox("scores");
        String endpoint = demo.postJson("/webhooks", Map.of("url", inbox.url(), "types", List.of("lead.scored")))
                .expect(201)
                .member("id");
        String word = Sample.PHONE_CLIP.text().split(" ", 2)[0];

        String transcript =
                demo.upload(CLIP, Map.of("userId", "mary")).expect(200).member("requestId");
        JsonNode score = await("score of " + transcript)
                .atMost(Duration.ofSeconds(60))
                .until(() -> demo.get("/lead-scores/" + transcript), answer -> answer.status() == 200)
                .json();
        JsonNode trial = demo.postJson("/lead-scores/dry-run", Map.of("rules", rules(word), "since", "2026-01-01"))
                .expect(200)
                .json();

        assertThat(score.path("rules").asText()).startsWith("sales@");
        await("the event of " + transcript).atMost(Duration.ofSeconds(60)).until(() -> inbox.posted().stream()
                .map(Posted::body)
                .anyMatch(body -> body.contains("lead.scored") && body.contains(transcript)));
        JsonNode row = trial.path("rows")
                .valueStream()
                .filter(each -> each.path("transcriptId").asText().equals(transcript))
                .findFirst()
                .orElseThrow();
        assertThat(row.at("/before/score")).isEqualTo(score.path("score"));
        assertThat(row.at("/after/score").asInt()).isEqualTo(60);
        assertThat(row.path("fired").toString()).isEqualTo("[\"first-word\"]");
        assertThat(demo.get("/lead-scores/" + transcript).json()).isEqualTo(score);
        assertThat(demo.postJson("/lead-scores/dry-run", Map.of("rules", "name: x", "since", "2026-01-01"))
                        .expect(422)
                        .member("error"))
                .contains("rules: version must be a whole number");
        demo.delete("/webhooks/" + endpoint).expect(200);
    }

    private static String rules(String word) {
        return """
                name: trial
                version: 1
                tenants: [demo]
                bands: {warm: 50, cold: 0}
                rules:
                  - {id: first-word, when: {says: [%s], by: customer}, points: 60, evidence: It begins}
                """
                .formatted(word);
    }
}
