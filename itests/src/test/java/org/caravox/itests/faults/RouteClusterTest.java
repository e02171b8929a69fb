package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Cable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Two hubs on one PostgreSQL have one version of the routes, whoever publishes, refuses, dies or is cut off. */
@Timeout(300)
@TestMethodOrder(OrderAnnotation.class) // hubs that are killed come back last
class RouteClusterTest {

    private static final String DOOR =
            """
            - route:
                id: both-door
                description: Where the test asks
                routeConfigurationId: caller-errors
                from:
                  id: both-door-from
                  uri: platform-http:/both
                  parameters:
                    httpMethodRestrict: %s
                  steps:
                    - bean:
                        id: both-admit
                        ref: admission
                    - to:
                        id: both-ask
                        uri: direct:both-answer
            """;
    private static final String ANSWER =
            """
            - route:
                id: both-answer
                description: What the test is answered
                from:
                  id: both-answer-from
                  uri: direct:both-answer
                  steps:
                    - setBody:
                        id: both-say
                        expression:
                          simple:
                            expression: "%s"
            """;
    private static final String DOOR_FILE = "both/both-door.camel.yaml";
    private static final String ANSWER_FILE = "both/both-answer.camel.yaml";

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static EmbeddedPostgres postgres;
    private static Cable cable;
    private static RunningHub north;
    private static RunningHub south;
    private static String tenantsKey;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setLocaleConfig("locale", "C")
                .setPgBinaryResolver((system, hardware) ->
                        binaries(system + "-" + hardware)) // found twice: the hub's jar names them too
                .start();
        cable = Cable.to(postgres.getPort());
        north = hub("north", Map.of());
        south = hub("south", Map.of("caravox.values.extra", "there"));
        tenantsKey = key();
        publish(north, null, DOOR_FILE, DOOR.formatted("GET"), ANSWER_FILE, ANSWER.formatted("first"))
                .expect(200);
    }

    private static InputStream binaries(String machine) {
        return RouteClusterTest.class.getResourceAsStream("/postgres-" + machine.toLowerCase(Locale.ROOT) + ".txz");
    }

    private static String key() {
        north.admin().postJson("/tenants", Map.of("id", "both")).expect(201);
        return north.admin()
                .postJson("/keys", Map.of("tenant", "both", "name", "tests"))
                .expect(201)
                .member("key");
    }

    private static RunningHub hub(String name, Map<String, String> different) {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.node", name);
        settings.put(
                "spring.datasource.url",
                postgres.getJdbcUrl("postgres", "postgres")
                        .replace(":" + postgres.getPort() + "/", ":" + cable.port() + "/"));
        settings.put("spring.datasource.hikari.connection-timeout", "1000");
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        settings.putAll(different);
        try {
            return RunningHub.start(Files.createTempDirectory("caravox-" + name + "-"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        THREADS.shutdownNow();
        north.closeAndForget();
        south.closeAndForget();
        cable.close();
        postgres.close();
    }

    private static Answer publish(RunningHub hub, Long base, String... filesAndTexts) {
        Map<String, String> files = new HashMap<>();
        for (int i = 0; i < filesAndTexts.length; i += 2) {
            files.put(filesAndTexts[i], filesAndTexts[i + 1]);
        }
        Map<String, Object> body = new HashMap<>(Map.of("files", files, "message", "a test"));
        if (base != null) {
            body.put("base", base);
        }
        return hub.admin().postJson("/routes/publish", body);
    }

    private static Answer answers(RunningHub hub, String text) {
        return publish(hub, null, ANSWER_FILE, ANSWER.formatted(text));
    }

    private static String ask(RunningHub hub) {
        return caller(hub).get("/both").expect(200).text();
    }

    private static Caller caller(RunningHub hub) {
        return new Caller(hub.url(), tenantsKey);
    }

    private static long inForce(RunningHub hub) {
        return hub.admin().get("/routes").expect(200).json().get("version").asLong();
    }

    private static void assertBothAnswer(String text) {
        assertThat(List.of(ask(north), ask(south))).containsExactly(text, text);
        assertThat(inForce(north)).isEqualTo(inForce(south));
    }

    @Test
    @Order(1)
    void both_move_to_a_version_or_neither_does_and_no_request_is_lost() {
        try (Load load = new Load(north, south)) {
            load.await(10);
            for (int round = 0; round < 2; round++) {
                answers(round == 0 ? north : south, "round " + round).expect(200);
                assertBothAnswer("round " + round);

                Answer refused = answers(south, "needs {{caravox.values.extra}}");
                assertThat(refused.status()).as(refused.text()).isEqualTo(422);
                assertThat(refused.text())
                        .contains("north cannot take it")
                        .contains("caravox.values.extra")
                        .contains(ANSWER_FILE);
                assertBothAnswer("round " + round);
            }
            long before = inForce(north);
            publish(south, null, DOOR_FILE, DOOR.formatted("GET,POST")).expect(200); // opened beside the old one
            north.admin()
                    .postJson("/routes/rollback", Map.of("version", before, "message", "a test"))
                    .expect(200);
            load.assertNothingFailed();
        }
    }

    @Test
    @Order(2)
    void of_two_who_publish_at_once_on_different_hubs_the_second_sees_the_change_of_the_first() {
        long base = inForce(north);
        List<CompletableFuture<Answer>> both = new ArrayList<>();
        for (RunningHub hub : List.of(north, south)) {
            both.add(CompletableFuture.supplyAsync(
                    () -> publish(hub, base, ANSWER_FILE, ANSWER.formatted("by " + hub.url())), THREADS));
        }

        int won = both.get(0).join().status() == 200 ? 0 : 1;
        Answer first = both.get(won).join();
        Answer second = both.get(1 - won).join();

        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(second.status()).as(second.text()).isEqualTo(409);
        String winner = "by " + (won == 0 ? north : south).url();
        assertThat(second.text()).contains(ANSWER_FILE).contains(winner);
        assertBothAnswer(winner);
    }

    @Test
    @Order(3)
    void without_the_database_nothing_is_published_and_that_is_said() {
        answers(north, "before").expect(200);
        CompletableFuture<Answer> meanwhile;
        try (Load load = new Load(north, south)) {
            load.await(10);
            meanwhile = CompletableFuture.supplyAsync(() -> answers(north, "meanwhile"), THREADS);
            load.await(10);
            cable.cut();

            Answer away = answers(south, "away");
            assertThat(away.status()).as(away.text()).isEqualTo(503);
            assertThat(away.text()).contains("database does not answer");
            assertThat(meanwhile.join().status()).as(meanwhile.join().text()).isIn(200, 503);
            cable.mend();
            await("it answers again")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> caller(north).get("/both").status() == 200
                            && caller(south).get("/both").status() == 200);
            assertThat(load.failures()).allMatch(failure -> failure.contains(" 503 "));
        }

        assertBothAnswer(meanwhile.join().status() == 200 ? "meanwhile" : "before");
        awaitPublished(south, "after");
        assertBothAnswer("after");
    }

    @Test
    @Order(4)
    void a_hub_that_is_killed_while_it_publishes_leaves_the_other_one_at_work_and_comes_back_to_what_is_in_force()
            throws Exception {
        answers(north, "alive").expect(200);
        try (Load load = new Load(north)) {
            load.await(10);
            CompletableFuture<Integer> publishing = CompletableFuture.supplyAsync(
                    () -> answers(south, "half done").status(), THREADS);
            TimeUnit.MILLISECONDS.sleep(400); // somewhere in the middle of it
            south.kill9();
            publishing.exceptionally(gone -> 0).join();

            assertThat(ask(north)).isIn("alive", "half done");
            awaitPublished(north, "without the other");
            assertThat(ask(north)).isEqualTo("without the other");
            load.assertNothingFailed();
        }
        south = hub("south", Map.of());

        assertBothAnswer("without the other");
    }

    /** Who died a moment ago, or was cut off, keeps the others waiting for some seconds. */
    private static void awaitPublished(RunningHub hub, String text) {
        await("it is published").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Answer answer = answers(hub, text);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        });
    }

    /** Requests to hubs, one after the other at each. */
    private static final class Load implements AutoCloseable {

        /** The machine has other work. */
        private static final Duration PACE = Duration.ofMillis(5);

        private final AtomicInteger requests = new AtomicInteger();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<CompletableFuture<Void>> loops = new ArrayList<>();
        private volatile boolean over;

        Load(RunningHub... hubs) {
            for (RunningHub hub : hubs) {
                Caller caller = caller(hub);
                loops.add(CompletableFuture.runAsync(() -> ask(hub, caller), THREADS));
            }
        }

        /** Until there were so many more. */
        void await(int more) {
            int before = requests.get();
            Awaitility.await("there is work").until(() -> requests.get() > before + more);
        }

        private void ask(RunningHub hub, Caller caller) {
            while (!over) {
                Answer answer = caller.get("/both");
                requests.incrementAndGet();
                if (answer.status() != 200) {
                    failures.add(hub.url() + " " + answer.status() + " " + answer.text());
                }
                LockSupport.parkNanos(PACE.toNanos());
            }
        }

        List<String> failures() {
            return failures;
        }

        void assertNothingFailed() {
            await(20);
            assertThat(failures).as("of %s requests", requests).isEmpty();
        }

        @Override
        public void close() {
            over = true;
            loops.forEach(CompletableFuture::join);
        }
    }
}
