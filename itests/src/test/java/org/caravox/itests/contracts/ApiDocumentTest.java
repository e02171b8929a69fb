package org.caravox.itests.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.contracts.ApiDocument.Operation;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.Project;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the hub says of its API is what it does. */
class ApiDocumentTest {

    private static final String DOOR = "platform-http:";
    private static final String UNKNOWN = "019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60";
    private static final byte[] CLIP = Sample.PHONE_CLIP.bytes();

    private static ApiDocument api;

    private final Caller caller = SharedHub.hub().newTenant();
    private final Caller admin = SharedHub.hub().admin();

    @BeforeAll
    static void read() {
        api = new ApiDocument(
                SharedHub.hub().demo().get("/openapi.json").expect(200).json());
    }

    @Test
    void it_lists_the_doors_of_the_routes_and_no_others() throws IOException {
        assertThat(api.operations()).isEqualTo(doors());
    }

    private static Set<Operation> doors() throws IOException {
        Set<Operation> doors = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Project.root().resolve("routes"))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".camel.yaml"))
                    .toList()) {
                for (JsonNode entry : new YAMLMapper().readTree(file.toFile())) {
                    JsonNode from = entry.path("route").path("from");
                    if (from.path("uri").asText().startsWith(DOOR)) {
                        doors.add(new Operation(
                                from.at("/parameters/httpMethodRestrict").asText(),
                                from.get("uri").asText().substring(DOOR.length()),
                                entry.at("/route/id").asText()));
                    }
                }
            }
        }
        return doors;
    }

    @Test
    void an_answer_that_is_not_as_it_says_is_found() {
        JsonNode transcript =
                caller.upload(CLIP, Map.of("userId", "u")).expect(200).json();

        assertThatThrownBy(() -> api.assertValid("Job", transcript)).isInstanceOf(AssertionError.class);
        api.assertValid("Transcribed", transcript);
    }

    @Test
    void what_it_lists_without_a_key_answers_without_one() {
        Caller nobody = SharedHub.hub().nobody();

        assertThat(api.openOperations()).isNotEmpty();
        for (Operation open : api.openOperations()) {
            Answer answer = nobody.get(open.path());
            assertThat(answer.status()).as(open.path()).isEqualTo(200);
            api.assertDescribes(open.id(), answer);
        }
    }

    @Test
    void what_it_lists_with_a_key_refuses_those_without_one() {
        Caller nobody = SharedHub.hub().nobody();

        for (Operation operation : api.operations()) {
            Answer answer = nobody.send(nobody.request(operation.path().replaceAll("\\{[a-z]+}", UNKNOWN))
                    .method(operation.method(), BodyPublishers.noBody()));
            assertThat(answer.status()).as(operation.toString()).isEqualTo(401);
            api.assertDescribes(operation.id(), answer);
        }
    }

    @Test
    void transcripts_are_as_it_says() {
        Answer made = caller.upload(CLIP, Map.of("userId", "u", "metadata", "{}"));
        String path = "/transcripts/" + made.expect(200).member("requestId");

        api.assertDescribes("transcribe-request", made);
        for (String format : new String[] {"json", "text", "srt", "vtt"}) {
            api.assertDescribes("get-transcript", caller.get(path + "?format=" + format));
        }
        api.assertDescribes("list-transcripts", caller.get("/transcripts"));
        api.assertDescribes("list-transcripts", caller.get("/transcripts?limit=0"));
        api.assertDescribes("get-transcript", caller.get("/transcripts/" + UNKNOWN));
    }

    @Test
    void jobs_are_as_it_says() {
        Answer accepted = caller.upload(CLIP, Map.of("userId", "u", "mode", "async"));
        String path = "/jobs/" + accepted.expect(202).member("jobId");

        api.assertDescribes("transcribe-request", accepted);
        api.assertDescribes("cancel-job", caller.delete(path));
        api.assertDescribes("get-job", caller.get(path));
        api.assertDescribes("retry-job", caller.post(path + "/retry"));
        api.assertDescribes("retry-job", caller.post("/jobs/" + UNKNOWN + "/retry"));
        api.assertDescribes("get-job", caller.awaitEnd(accepted.member("jobId")));
        api.assertDescribes("list-jobs", caller.get("/jobs"));
        api.assertDescribes("cancel-job", caller.delete(path).expect(409));
    }

    @Test
    void what_is_seen_of_routes_is_as_it_says() {
        String request = caller.upload(CLIP, Map.of("userId", "u")).expect(200).member("requestId");

        api.assertDescribes("get-route-graph", admin.get("/routes/graph").expect(200));
        api.assertDescribes("get-route-counts", admin.get("/routes/counts").expect(200));
        api.assertDescribes(
                "list-route-failures", admin.get("/routes/transcribe/failures").expect(200));
        api.assertDescribes(
                "list-route-failures", admin.get("/routes/nothing/failures").expect(404));
        api.assertDescribes(
                "list-route-traces",
                admin.get("/routes/traces?route=transcribe").expect(200));
        api.assertDescribes(
                "get-route-trace", admin.get("/routes/traces/" + request).expect(200));
        api.assertDescribes(
                "get-route-trace", caller.get("/routes/traces/" + request).expect(403));
        api.assertDescribes(
                "replay-route-trace",
                admin.post("/routes/traces/" + request + "/replay").expect(404));
    }

    @Test
    void crms_are_as_it_says() {
        Caller own = SharedHub.hub().tenant(SharedHub.DESCRIBED_CRM_TENANT);
        String event = "{\"event\":{\"type\":\"transcript.ready\",\"data\":{\"from\":\"+15551230001\"}}}";

        api.assertDescribes("list-crms", own.get("/crm").expect(200));
        api.assertDescribes("test-crm", own.post("/crm/own/test").expect(200));
        api.assertDescribes("test-crm", own.post("/crm/nobodys/test").expect(404));
        api.assertDescribes(
                "dry-run-crm", own.postJson("/crm/own/dry-run", event).expect(200));
        api.assertDescribes(
                "dry-run-crm", own.postJson("/crm/own/dry-run", "{}").expect(422));
        api.assertDescribes("list-crms", admin.get("/crm").expect(403));
    }

    @Test
    void dead_letters_are_as_it_says() {
        String job = caller.postJson(
                        "/transcribe", Map.of("audioUrl", "http://127.0.0.1:1/a.wav", "userId", "u", "mode", "async"))
                .expect(202)
                .member("jobId");
        String path = "/dead-letters/" + job;
        caller.awaitEnd(job);

        api.assertDescribes("get-job", caller.get("/jobs/" + job));
        api.assertDescribes("list-dead-letters", caller.get("/dead-letters"));
        api.assertDescribes("list-dead-letters", admin.get("/dead-letters"));
        api.assertDescribes("list-dead-letters", caller.get("/dead-letters?fault=nobody"));
        api.assertDescribes("list-dead-letters", caller.get("/dead-letters?tenant=nobody"));
        api.assertDescribes("replay-dead-letter", caller.post(path + "/replay"));
        api.assertDescribes("replay-dead-letter", caller.post("/dead-letters/" + UNKNOWN + "/replay"));
        caller.awaitEnd(job);
        api.assertDescribes("replay-dead-letters", caller.postJson("/dead-letters/replay", Map.of("all", true)));
        api.assertDescribes("replay-dead-letters", caller.postJson("/dead-letters/replay", Map.of()));
        api.assertDescribes("replay-dead-letters", caller.postJson("/dead-letters/replay", "nonsense"));
        caller.awaitEnd(job);
        api.assertDescribes("discard-dead-letter", caller.delete(path));
        api.assertDescribes("discard-dead-letter", caller.delete(path).expect(409));
        api.assertDescribes("discard-dead-letter", caller.delete("/dead-letters/" + UNKNOWN));
        api.assertDescribes("discard-dead-letters", caller.postJson("/dead-letters/discard", Map.of("all", true)));
        api.assertDescribes("discard-dead-letters", caller.postJson("/dead-letters/discard", Map.of("q", "")));
    }

    @Test
    void batches_are_as_it_says() throws IOException {
        Answer made = lines("{\"item\":\"a\",\"audioUrl\":\"http://127.0.0.1:9/a.wav\"}\nnonsense");
        String path = "/batches/" + made.expect(202).member("batchId");
        Answer opened = caller.postJson("/batches", Map.of("name", "described"));
        String open = "/batches/" + opened.expect(201).member("batchId");

        api.assertDescribes("submit-batch", made);
        api.assertDescribes("submit-batch", lines(""));
        api.assertDescribes("submit-batch", caller.postJson("/jobs/batch", "{}").expect(415));
        api.assertDescribes("open-batch", opened);
        api.assertDescribes("open-batch", caller.postJson("/batches", "{"));
        api.assertDescribes("close-batch", caller.post(open + "/close"));
        api.assertDescribes("list-batches", caller.get("/batches"));
        api.assertDescribes("get-batch", caller.get(path));
        api.assertDescribes("list-refusals", caller.get(path + "/refusals"));
        api.assertDescribes("list-refusals", caller.get(path + "/refusals?cursor=x"));
        api.assertDescribes("get-results", caller.get(path + "/results"));
        api.assertDescribes("list-jobs", caller.get("/jobs?batch=" + made.member("batchId")));
        api.assertDescribes("cancel-batch", caller.delete(path));
        api.assertDescribes("cancel-batch", caller.delete(open).expect(409));
        api.assertDescribes("get-batch", caller.get("/batches/" + UNKNOWN));
        for (String line : caller.get(path + "/results").text().lines().toList()) {
            api.assertValid("BatchResult", new ObjectMapper().readTree(line));
        }
    }

    private Answer lines(String body) {
        return caller.send(caller.request("/jobs/batch?userId=u")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void providers_are_as_it_says() {
        String breaker = "/providers/transcription/vosk/breaker";

        api.assertDescribes("list-providers", caller.get("/providers"));
        api.assertDescribes("list-providers", admin.get("/providers"));
        api.assertDescribes("list-providers", caller.get("/providers?limit=1"));
        api.assertDescribes("set-breaker", put(admin, breaker, "{\"state\":\"closed\"}"));
        api.assertDescribes("set-breaker", put(admin, breaker, "{\"state\":"));
        api.assertDescribes("set-breaker", put(admin, breaker, "{}"));
        api.assertDescribes("set-breaker", put(caller, breaker, "{\"state\":\"closed\"}"));
        api.assertDescribes("set-breaker", put(admin, "/providers/speech/nobody/breaker", "{\"state\":\"closed\"}"));
    }

    private static Answer put(Caller from, String path, String body) {
        return from.send(from.request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void kamelets_are_as_it_says() {
        api.assertDescribes("list-kamelets", admin.get("/kamelets").expect(200));
        api.assertDescribes("list-kamelets", admin.get("/kamelets?limit=1").expect(422));
        api.assertDescribes("list-kamelets", caller.get("/kamelets").expect(403));
    }

    @Test
    void routes_are_as_it_says() {
        String file = "audit/described.camel.yaml";
        String route =
                """
                - route:
                    id: described
                    description: Nothing
                    from:
                      id: described-door
                      uri: direct:described
                      steps:
                        - log:
                            id: described-log
                            message: nothing
                """;
        Map<String, ?> edit = Map.of("files", Map.of(file, route));
        Caller viewer = new Caller(
                admin.url(),
                admin.postJson("/keys", Map.of("role", "viewer", "name", "v")).member("key"));
        int first = admin.get("/routes").expect(200).json().get("version").asInt();

        api.assertDescribes("list-routes", viewer.get("/routes").expect(200));
        api.assertDescribes("list-routes", caller.get("/routes").expect(403));
        api.assertDescribes("get-route-files", viewer.get("/routes/files").expect(200));
        api.assertDescribes(
                "get-route-files", viewer.get("/routes/files?path=x").expect(404));
        api.assertDescribes(
                "check-routes", admin.postJson("/routes/check", edit).expect(200));
        api.assertDescribes(
                "check-routes", viewer.postJson("/routes/check", edit).expect(403));
        api.assertDescribes("check-routes", admin.postJson("/routes/check", Map.of("files", Map.of("x", ""))));
        api.assertDescribes("test-routes", admin.postJson("/routes/test", edit).expect(200));
        api.assertDescribes(
                "save-route-draft",
                put(admin, "/routes/drafts/described", Caller.json(edit)).expect(200));
        api.assertDescribes(
                "save-route-draft",
                put(admin, "/routes/drafts/no_name", Caller.json(edit)).expect(422));
        api.assertDescribes("list-route-drafts", viewer.get("/routes/drafts").expect(200));
        api.assertDescribes(
                "get-route-draft", viewer.get("/routes/drafts/described").expect(200));
        api.assertDescribes(
                "diff-routes", viewer.get("/routes/diff?draft=described").expect(200));
        api.assertDescribes(
                "discard-route-draft", admin.delete("/routes/drafts/described").expect(200));
        api.assertDescribes(
                "publish-routes", viewer.postJson("/routes/publish", edit).expect(403));
        api.assertDescribes(
                "publish-routes",
                admin.postJson("/routes/publish", Map.of("files", Map.of(file, "- route: [")))
                        .expect(422));
        api.assertDescribes("promote-routes", admin.post("/routes/promote").expect(409));
        api.assertDescribes("return-routes", admin.post("/routes/return").expect(409));
        Answer published = admin.postJson("/routes/publish", edit).expect(200);
        api.assertDescribes("publish-routes", published);
        api.assertDescribes(
                "publish-routes",
                admin.postJson("/routes/publish", Map.of("base", first, "files", Map.of(file, route + "\n")))
                        .expect(409));
        api.assertDescribes("get-route-version", viewer.get("/routes/versions/" + first));
        api.assertDescribes(
                "get-route-version", viewer.get("/routes/versions/x").expect(404));
        api.assertDescribes(
                "rollback-routes",
                admin.postJson("/routes/rollback", Map.of("version", first)).expect(200));
        api.assertDescribes(
                "stage-routes",
                admin.postJson("/routes/stage", Map.of("files", Map.of(file, route), "percent", 1))
                        .expect(200));
        api.assertDescribes("list-routes", viewer.get("/routes").expect(200));
        api.assertDescribes("return-routes", admin.post("/routes/return").expect(200));
        api.assertDescribes(
                "list-route-versions", viewer.get("/routes/versions?limit=2").expect(200));
        api.assertDescribes("list-audit", admin.get("/audit?limit=5").expect(200));
    }

    @Test
    void tenants_and_keys_are_as_it_says() {
        Answer tenant = admin.postJson("/tenants", Map.of("id", "described"));
        Answer key = admin.postJson("/keys", Map.of("tenant", "described"));

        api.assertDescribes("create-tenant", tenant);
        api.assertDescribes("create-tenant", admin.postJson("/tenants", Map.of("id", "described")));
        api.assertDescribes("create-tenant", admin.postJson("/tenants", "nonsense"));
        api.assertDescribes("create-key", key);
        api.assertDescribes("create-key", caller.postJson("/keys", Map.of()));
        api.assertDescribes("revoke-key", admin.delete("/keys/" + key.member("id")));
        api.assertDescribes("list-keys", admin.get("/keys"));
        api.assertDescribes("list-keys", caller.get("/keys?tenant=described"));
        api.assertDescribes("list-tenants", admin.get("/tenants"));
        api.assertDescribes("list-audit", admin.get("/audit"));
        api.assertDescribes("list-audit", caller.get("/audit").expect(200));
        api.assertDescribes("list-audit", caller.get("/audit?from=never").expect(422));
        api.assertDescribes("get-webhook-secret", caller.get("/webhook-secret"));
        api.assertDescribes("get-webhook-secret", admin.get("/webhook-secret"));
        api.assertDescribes("get-openapi", caller.get("/openapi.json"));
    }

    @Test
    void webhooks_and_deliveries_are_as_it_says() throws IOException {
        try (SourceServer sources = new SourceServer()) {
            WebhookInbox inbox = sources.inbox("described-endpoint");
            Answer made = caller.postJson("/webhooks", Map.of("url", inbox.url(), "types", List.of("job.completed")));
            String path = "/webhooks/" + made.expect(201).member("id");

            api.assertDescribes("create-webhook", made);
            api.assertDescribes("create-webhook", caller.postJson("/webhooks", Map.of("url", "x")));
            api.assertDescribes("create-webhook", caller.postJson("/webhooks", "{"));
            api.assertDescribes("list-webhooks", caller.get("/webhooks"));
            api.assertDescribes("list-webhooks", admin.get("/webhooks"));
            api.assertDescribes("get-webhook", caller.get(path));
            api.assertDescribes("get-webhook", caller.get("/webhooks/" + UNKNOWN));
            api.assertDescribes("change-webhook", patch(path, "{\"format\": \"cloudevents\"}"));
            api.assertDescribes("change-webhook", patch(path, "{\"filter\": \"$\"}"));
            api.assertDescribes("pause-webhook", caller.post(path + "/pause"));
            api.assertDescribes("resume-webhook", caller.post(path + "/resume"));
            api.assertDescribes("resume-webhook", caller.postJson(path + "/resume", Map.of("since", "2026-01-01")));
            api.assertDescribes("rotate-webhook-secret", caller.post(path + "/secret"));
            api.assertDescribes("rotate-webhook-secret", caller.postJson(path + "/secret", Map.of("secret", "x")));
            api.assertDescribes("test-webhook", caller.post(path + "/test"));
            api.assertDescribes("test-webhook", caller.postJson(path + "/test", Map.of("type", "x")));
            caller.submit(CLIP, Map.of());
            String delivery = await().atMost(java.time.Duration.ofMinutes(1))
                    .until(() -> caller.get("/deliveries?status=delivered").json(), page -> page.at("/deliveries/0")
                            .has("id"))
                    .at("/deliveries/0/id")
                    .asText();
            api.assertDescribes("list-deliveries", caller.get("/deliveries"));
            api.assertDescribes("list-deliveries", caller.get("/deliveries?status=lost"));
            api.assertDescribes("get-delivery", caller.get("/deliveries/" + delivery));
            api.assertDescribes("get-delivery", caller.get("/deliveries/" + UNKNOWN));
            api.assertDescribes("discard-delivery", caller.post("/deliveries/" + delivery + "/discard"));
            api.assertDescribes("replay-delivery", caller.post("/deliveries/" + delivery + "/replay"));
            api.assertDescribes("replay-webhook", caller.postJson(path + "/replay", Map.of("since", "2026-01-01")));
            api.assertDescribes("replay-webhook", caller.postJson(path + "/replay", Map.of()));
            api.assertDescribes("delete-webhook", caller.delete(path));
            api.assertDescribes(
                    "replay-delivery",
                    caller.post("/deliveries/" + delivery + "/replay").expect(409));
            api.assertDescribes("get-event-catalogue", caller.get("/events/catalogue"));
        }
    }

    private Answer patch(String path, String body) {
        return caller.send(caller.request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    @Test
    void lead_scores_are_as_it_says() {
        Caller demo = SharedHub.hub().demo();
        String transcript = demo.upload(CLIP, Map.of("userId", "u")).expect(200).member("requestId");
        String rules = "{name: r, version: 1, tenants: [demo], bands: {cold: 0}, rules: [{id: a, when: {says: [a]},"
                + " points: 1, evidence: e}]}";

        api.assertDescribes(
                "try-lead-scores",
                demo.postJson("/lead-scores/dry-run", Map.of("rules", rules, "since", "2026-01-01")));
        api.assertDescribes("try-lead-scores", demo.postJson("/lead-scores/dry-run", Map.of()));
        await().atMost(java.time.Duration.ofMinutes(1))
                .until(() -> demo.get("/lead-scores/" + transcript).status() == 200);
        api.assertDescribes("get-lead-score", demo.get("/lead-scores/" + transcript));
        api.assertDescribes("get-lead-score", demo.get("/lead-scores/" + UNKNOWN));
        api.assertDescribes("list-lead-scores", demo.get("/lead-scores?atLeast=0"));
        api.assertDescribes("list-lead-scores", demo.get("/lead-scores?atLeast=x"));
    }

    @Test
    void usage_is_as_it_says() {
        caller.upload(CLIP, Map.of("userId", "u")).expect(200);

        api.assertDescribes("get-usage", caller.get("/usage"));
        api.assertDescribes("get-usage", caller.get("/usage?groupBy=day,use,provider,model&from=2026-01-01"));
        api.assertDescribes("get-usage", admin.get("/usage?tenant=" + SharedHub.QUICK_TENANT));
        api.assertDescribes("get-usage", caller.get("/usage?groupBy=week"));
        api.assertDescribes("get-usage", caller.get("/usage?tenant=demo"));
    }

    @Test
    void streams_are_as_it_says() {
        api.assertDescribes(
                "transcribe-request", caller.postJson("/transcribe", Map.of("userId", "u", "mode", "stream")));
        api.assertDescribes("list-streams", caller.get("/streams"));
        api.assertDescribes("list-streams", admin.get("/streams?tenant=nobodys"));
        api.assertDescribes("list-streams", caller.get("/streams?limit=1"));
        api.assertDescribes("close-stream", caller.delete("/streams/" + UNKNOWN));
        api.assertDescribes("get-transcript-audio", caller.get("/transcripts/" + UNKNOWN + "/audio"));
    }

    @Test
    void recordings_of_streams_are_as_it_says() {
        String path;
        try (LiveCaller live = LiveCaller.open(caller, "/stream?encoding=mulaw&record=true")) {
            live.send(Arrays.copyOfRange(CLIP, 58, 8058));
            live.say("CloseStream");
            path = "/transcripts/" + live.await("end").get("transcriptId").asText() + "/audio";
        }
        Answer whole = await().atMost(java.time.Duration.ofMinutes(1))
                .until(() -> caller.get(path), answer -> answer.status() == 200);

        api.assertDescribes("get-transcript-audio", whole);
        api.assertDescribes("get-transcript-audio", part(path, "bytes=0-9").expect(206));
        api.assertDescribes("get-transcript-audio", part(path, "bytes=1000000-").expect(416));
        api.assertDescribes(
                "get-transcript-audio", caller.get(path + "?format=mp3").expect(422));
    }

    private Answer part(String path, String range) {
        return caller.send(caller.request(path).header("Range", range).GET());
    }

    @Test
    void refusals_are_as_it_says() {
        api.assertDescribes("transcribe-request", caller.postJson("/transcribe", "{"));
        api.assertDescribes("transcribe-request", caller.upload(CLIP, Map.of()));
        api.assertDescribes("transcribe-request", caller.upload(new byte[100], Map.of("userId", "u")));
        api.assertDescribes("transcribe-request", admin.upload(CLIP, Map.of("userId", "u")));
    }

    @Test
    void webhook_messages_are_as_it_says() throws IOException {
        try (SourceServer sources = new SourceServer()) {
            WebhookInbox inbox = sources.inbox("described");
            caller.submit(CLIP, Map.of("webhookUrl", inbox.url(), "metadata", "{\"call\":1}"));

            String body = await().atMost(java.time.Duration.ofMinutes(1))
                    .until(inbox::posted, posted -> !posted.isEmpty())
                    .get(0)
                    .body();

            api.assertValid("JobEnded", new ObjectMapper().readTree(body));
        }
    }
}
