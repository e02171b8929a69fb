package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes are edited, well and badly, while requests, jobs, live streams and deliveries go on: none of them notices. */
@Timeout(300)
class RouteEditsTest {

    private static final String DOOR =
            """
            - route:
                id: edit-door
                description: Where the test asks
                routeConfigurationId: caller-errors
                from:
                  id: edit-door-from
                  uri: platform-http:/edit
                  parameters:
                    httpMethodRestrict: GET
                  steps:
                    - bean:
                        id: edit-admit
                        ref: admission
                    - to:
                        id: edit-ask
                        uri: direct:edit-answer
            """;
    private static final String ANSWER =
            """
            - route:
                id: edit-answer
                description: What the test is answered
                errorHandler:
                  noErrorHandler: {}
                from:
                  id: edit-answer-from
                  uri: direct:edit-answer
                  steps:
                    - setBody:
                        id: edit-say
                        expression:
                          simple:
                            expression: "%s"
            """;
    private static final String ANSWER_FILE = "edit/edit-answer.camel.yaml";
    private static final String CHAT =
            "{\"model\":\"answers\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String AUDIO = "/stream?encoding=linear16&sample_rate=8000";

    private static Path data;
    private static RunningHub hub;
    private static SourceServer sources;

    @BeforeAll
    static void start() throws IOException {
        data = Files.createTempDirectory("caravox-edits-");
        sources = new SourceServer();
        hub = RunningHub.start(data, settings());
        publish("edit/edit-door.camel.yaml", DOOR, ANSWER_FILE, ANSWER.formatted("first"))
                .expect(200);
    }

    @AfterAll
    static void stop() {
        hub.close();
        sources.close();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.routes.least-messages", "5");
        settings.put("caravox.routes.case-timeout", "1s");
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        return settings;
    }

    /** Files and their texts in turns; null texts are deletions. */
    private static Answer publish(String... filesAndTexts) {
        Map<String, String> files = new HashMap<>();
        for (int i = 0; i < filesAndTexts.length; i += 2) {
            files.put(filesAndTexts[i], filesAndTexts[i + 1]);
        }
        return hub.admin().postJson("/routes/publish", Map.of("files", files, "message", "a test"));
    }

    private static long serving() {
        return hub.admin()
                .get("/routes/versions")
                .expect(200)
                .json()
                .at("/versions/0/number")
                .asLong();
    }

    private static String answer() {
        return hub.demo().get("/edit").expect(200).text();
    }

    @Test
    void edits_go_on_beside_all_kinds_of_work_and_none_is_lost_or_fails() throws Exception {
        Work work = new Work(hub.tenant("at-work"), sources.inbox("at-work"));
        work.begin();
        List<String> seen = new ArrayList<>();
        for (int round = 1; round <= 5; round++) {
            publish(ANSWER_FILE, ANSWER.formatted("round " + round)).expect(200);
            seen.add(answer());
            for (BadEdit bad : BadEdit.values()) {
                long before = serving();
                Answer refused = publish(bad.file, bad.text);
                assertThat(refused.status()).as("%s: %s", bad, refused.text()).isEqualTo(422);
                assertThat(refused.text()).as(bad.name()).contains(bad.told).contains(bad.file);
                assertThat(serving()).as(bad.name()).isEqualTo(before);
            }
        }
        hub.admin()
                .postJson("/routes/rollback", Map.of("version", serving() - 2, "message", "a test"))
                .expect(200);
        seen.add(answer());
        work.close();

        assertThat(seen).containsExactly("round 1", "round 2", "round 3", "round 4", "round 5", "round 3");
        work.assertNothingLost();
    }

    /** What is wrong, and a part of what is said about it. */
    private enum BadEdit {
        HALF_WRITTEN(ANSWER_FILE, ANSWER.substring(0, 190), "edit-answer"),
        UNKNOWN_STEP(ANSWER_FILE, ANSWER.formatted("x").replace("setBody", "setBdy"), "setBody"),
        UNKNOWN_COMPONENT(
                ANSWER_FILE,
                ANSWER.formatted("x")
                        .replace("setBody:", "to: {id: edit-to, uri: \"dirct:edit-door\"}\n        - setBody:"),
                "dirct"),
        UNKNOWN_BEAN(
                ANSWER_FILE,
                ANSWER.formatted("x").replace("setBody:", "bean: {id: edit-bean, ref: admision}\n        - setBody:"),
                "admission"),
        UNKNOWN_PROPERTY(ANSWER_FILE, ANSWER.formatted("{{caravox.regoin}}"), "caravox.region"),
        UNKNOWN_FUNCTION(ANSWER_FILE, ANSWER.formatted("${boddy}"), "boddy"),
        SECRET(ANSWER_FILE, ANSWER.formatted("sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD"), "secret"),
        SAME_ID("edit/edit-other.camel.yaml", ANSWER.formatted("x"), "edit-answer"),
        CALLED_BY_OTHERS(ANSWER_FILE, null, "edit-door");

        private final String file;
        private final String text;
        private final String told;

        BadEdit(String file, String text, String told) {
            this.file = file;
            this.text = text;
            this.told = told;
        }
    }

    @Test
    void a_route_that_fails_on_its_first_messages_returns_by_itself() {
        publish(ANSWER_FILE, ANSWER.formatted("well")).expect(200);
        String failing = ANSWER.formatted("x")
                .replace(
                        "setBody:",
                        "throwException: {id: edit-throw, exceptionType: java.lang.IllegalStateException, message: no}"
                                + "\n        - setBody:");
        publish(ANSWER_FILE, failing).expect(200);

        await("it is taken back")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(hub.demo().get("/edit").text()).isEqualTo("well"));
        assertThat(hub.admin()
                        .get("/routes/versions")
                        .json()
                        .at("/versions/0/kind")
                        .asText())
                .isEqualTo("returned");
    }

    @Test
    void a_door_that_closes_leaves_that_of_another_method_open() {
        String other = DOOR.replace("edit-", "other-")
                .replace("httpMethodRestrict: GET", "httpMethodRestrict: PUT")
                .replace("direct:other-answer", "direct:edit-answer");
        publish("edit/other-door.camel.yaml", other).expect(200);
        assertThat(put("/edit").status()).isEqualTo(200);

        publish("edit/other-door.camel.yaml", null).expect(200);

        assertThat(put("/edit").status()).isIn(404, 405);
        assertThat(hub.demo().get("/edit").status()).isEqualTo(200);
    }

    @Test
    void a_case_that_hangs_is_refused_in_time_and_holds_nobody_up() {
        publish(ANSWER_FILE, ANSWER.formatted("well")).expect(200);
        Work work = new Work(hub.tenant("not-held-up"), sources.inbox("not-held-up"));
        String endless = ANSWER.formatted("x")
                .replace("- setBody:", "- to: {id: edit-again, uri: \"direct:edit-answer\"}\n        - setBody:");
        String hangs = "- case: It ends\n  given: {body: x}\n  then: {body: x}\n";

        try (work) {
            work.beginRequests();
            Answer refused = publish(ANSWER_FILE, endless, "edit/test/edit-answer.case.yaml", hangs);

            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
            assertThat(refused.text()).containsAnyOf("had not ended after 1000 ms", "was stopped after 2000 steps");
            assertThat(answer()).isEqualTo("well");
        }
        work.assertNoRequestFailed();
    }

    @Test
    void among_two_hundred_routes_more_one_is_edited_as_ever() {
        Work work = new Work(hub.tenant("many"), sources.inbox("many"));
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add("many/edit-many-" + i + ".camel.yaml");
            many.add(ANSWER.formatted("one of many")
                    .replace("edit-", "edit-many-" + i + "-")
                    .replace(i + "-answer", i + ""));
        }
        try (work) {
            work.beginRequests();
            publish(many.toArray(new String[0])).expect(200);

            publish(ANSWER_FILE, ANSWER.formatted("among many")).expect(200);

            assertThat(answer()).isEqualTo("among many");
            for (int i = 1; i < many.size(); i += 2) {
                many.set(i, null);
            }
            publish(many.toArray(new String[0])).expect(200);
        }
        work.assertNoRequestFailed();
    }

    @Test
    void a_door_that_changes_is_never_closed() {
        publish("edit/edit-door.camel.yaml", DOOR, ANSWER_FILE, ANSWER.formatted("open"));
        String gate = DOOR.replace("id: edit-door\n", "id: edit-gate\n");
        Work work = new Work(hub.demo(), sources.inbox("door"));
        try (work) {
            work.beginRequests("/edit");

            publish("edit/edit-door.camel.yaml", DOOR.replace("GET", "GET,PUT")).expect(200);
            publish("edit/edit-door.camel.yaml", DOOR.replace("description:", "startupOrder: 50\n    description:"))
                    .expect(200);
            publish("edit/edit-door.camel.yaml", null, "edit/edit-gate.camel.yaml", gate)
                    .expect(200);
            publish("edit/edit-gate.camel.yaml", null, "edit/edit-door.camel.yaml", DOOR)
                    .expect(200);
            work.awaitRequests(20);
        }
        work.assertNoRequestFailed();
    }

    private static Answer put(String path) {
        return hub.demo().send(hub.demo().request(path).PUT(BodyPublishers.noBody()));
    }

    @Test
    void of_two_who_publish_at_once_the_second_sees_what_the_first_changed() {
        publish(ANSWER_FILE, ANSWER.formatted("base")).expect(200);
        long base = serving();
        publish(ANSWER_FILE, ANSWER.formatted("of the first")).expect(200);

        Answer second = hub.admin()
                .postJson(
                        "/routes/publish",
                        Map.of(
                                "base",
                                base,
                                "files",
                                Map.of(ANSWER_FILE, ANSWER.formatted("of the second")),
                                "message",
                                "a test"));

        second.expect(409);
        assertThat(second.text()).contains(ANSWER_FILE).contains("of the first");
        assertThat(answer()).isEqualTo("of the first");
    }

    @Test
    void a_hub_that_is_killed_while_it_publishes_has_the_old_version_or_the_new_one() throws Exception {
        publish(ANSWER_FILE, ANSWER.formatted("before")).expect(200);
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        for (int round = 0; round < 3; round++) {
            String text = "killed " + round;
            String before = answer();
            CompletableFuture<Integer> publishing = CompletableFuture.supplyAsync(
                    () -> publish(ANSWER_FILE, ANSWER.formatted(text)).status(), publisher);
            TimeUnit.MILLISECONDS.sleep(60L * (round + 1)); // somewhere in the middle of it
            hub.kill9();
            publishing.exceptionally(gone -> 0).join();
            hub = RunningHub.start(data, settings());

            assertThat(answer()).isIn(before, text);
            publish(ANSWER_FILE, ANSWER.formatted("after " + round)).expect(200);
            assertThat(answer()).isEqualTo("after " + round);
        }
        publisher.shutdown();
    }

    /** What goes on all the time. */
    private static final class Work implements AutoCloseable {

        /** The machine has other work. */
        private static final Duration PACE = Duration.ofMillis(5);

        private final Caller caller;
        private final WebhookInbox inbox;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger requests = new AtomicInteger();
        private final List<String> jobs = new CopyOnWriteArrayList<>();
        private final List<String> streams = Collections.synchronizedList(new ArrayList<>());
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<CompletableFuture<Void>> loops = new ArrayList<>();
        private volatile boolean over;

        Work(Caller caller, WebhookInbox inbox) {
            this.caller = caller;
            this.inbox = inbox;
        }

        void begin() {
            loop(this::request);
            loop(this::request);
            loop(this::job);
            loop(this::stream);
            await().until(() -> requests.get() > 20 && !jobs.isEmpty());
        }

        /** Nothing but requests. */
        void beginRequests() {
            loop(this::request);
            awaitRequests(5);
        }

        /** Nothing but requests of a page. */
        void beginRequests(String page) {
            loop(() -> answered(caller.get(page)));
            loop(() -> answered(caller.get(page)));
            awaitRequests(5);
        }

        /** Until there were so many more. */
        void awaitRequests(int more) {
            int before = requests.get();
            await().until(() -> requests.get() > before + more);
        }

        private void loop(Runnable once) {
            loops.add(CompletableFuture.runAsync(
                    () -> {
                        while (!over) {
                            once.run();
                            LockSupport.parkNanos(PACE.toNanos());
                        }
                    },
                    threads));
        }

        private void request() {
            answered(caller.send(caller.request("/v1/chat/completions")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(CHAT))));
        }

        private void answered(Answer answer) {
            if (answer.status() != 200) {
                failures.add("request: " + answer.status() + " " + answer.text());
            }
            requests.incrementAndGet();
        }

        private void job() {
            jobs.add(caller.submit(
                    Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary", "mode", "async", "webhookUrl", inbox.url())));
            caller.awaitEnd(jobs.get(jobs.size() - 1));
        }

        private void stream() {
            byte[] audio = Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 44, Sample.PHONE_CLIP.bytes().length);
            try (LiveCaller live = LiveCaller.open(caller, AUDIO + "&userId=mary")) {
                for (int at = 0; at < audio.length; at += 3200) {
                    live.send(Arrays.copyOfRange(audio, at, Math.min(audio.length, at + 3200)));
                }
                live.say("CloseStream");
                live.awaitClose();
                long finals = live.messages("transcript").stream()
                        .filter(message -> message.get("isFinal").asBoolean())
                        .count();
                if (finals == 0) {
                    failures.add("stream: no words");
                }
                streams.add(live.await("session").get("sessionId").asText());
            }
        }

        @Override
        public void close() {
            over = true;
            loops.forEach(CompletableFuture::join);
            threads.shutdown();
        }

        void assertNoRequestFailed() {
            assertThat(failures).as("of %s requests", requests).isEmpty();
        }

        void assertNothingLost() {
            assertNoRequestFailed();
            assertThat(requests).hasValueGreaterThan(100);
            assertThat(jobs).isNotEmpty().allSatisfy(job -> assertThat(
                            caller.awaitEnd(job).member("status"))
                    .isEqualTo("completed"));
            assertThat(streams).isNotEmpty().allSatisfy(stream -> caller.get("/transcripts/" + stream)
                    .expect(200));
            await("all are told").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(told())
                    .containsExactlyInAnyOrderElementsOf(jobs));
        }

        private List<String> told() {
            return inbox.posted().stream()
                    .map(WebhookInbox.Posted::body)
                    .map(RouteEditsTest::json)
                    .map(body -> body.findValue("jobId").asText())
                    .toList();
        }
    }

    private static JsonNode json(String text) {
        try {
            return new com.fasterxml.jackson.databind.ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
