package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;

/** Hubs of the profile {@code cluster} on real servers, with a provider that is a fake; and what has become of jobs. */
final class Cluster implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration PROVIDER_TAKES = Duration.ofMillis(50);
    private static final Duration ENDED_WITHIN = Duration.ofMinutes(4);
    private static final int CALLERS = 16;
    private static final String QUEUE = "caravox.jobs";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Services services = Services.running();
    private final FakeProviders fakes = FakeProviders.start(0);
    private final String database;
    private final String virtualHost;
    private final List<RunningHub> hubs = new ArrayList<>();
    private final AtomicInteger tenants = new AtomicInteger();
    private int endedBefore;
    private int failuresBefore;

    Cluster(String name) {
        database = services.createDatabase(name);
        virtualHost = services.createVirtualHost(name);
        fakes.script("deepgram", new Rule().latency(PROVIDER_TAKES));
    }

    Services services() {
        return services;
    }

    FakeProviders fakes() {
        return fakes;
    }

    String virtualHost() {
        return virtualHost;
    }

    RunningHub door() {
        return start(Map.of("caravox.roles.worker", "false"), Map.of());
    }

    RunningHub worker() {
        return worker(Map.of());
    }

    RunningHub worker(Map<String, String> settings) {
        Map<String, String> asWorker = new LinkedHashMap<>(Map.of("caravox.roles.door", "false"));
        asWorker.putAll(settings);
        return start(asWorker, Map.of());
    }

    RunningHub start(Map<String, String> different, Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("spring.profiles.active", "cluster");
        settings.put("spring.datasource.url", database);
        settings.put("spring.datasource.username", Services.USER);
        settings.put("spring.datasource.password", Services.PASSWORD);
        settings.put("spring.rabbitmq.addresses", "127.0.0.1:" + services.port(Service.RABBITMQ));
        settings.put("spring.rabbitmq.username", Services.USER);
        settings.put("spring.rabbitmq.password", Services.PASSWORD);
        settings.put("spring.rabbitmq.virtual-host", virtualHost);
        settings.put("spring.rabbitmq.requested-heartbeat", "2s");
        settings.put("caravox.jobs.lease", LEASE.toSeconds() + "s");
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        settings.put("caravox.secrets.deepgram", "fake");
        settings.put("caravox.transcription.chain.links[0].provider", "deepgram");
        settings.put(
                "caravox.transcription.providers.deepgram.base-url",
                fakes.base("deepgram").toString());
        settings.putAll(different);
        try {
            RunningHub hub = RunningHub.start(Files.createTempDirectory("caravox-cluster-"), settings, environment);
            hubs.add(hub);
            return hub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is asked from now on is asked of what happens from now on. */
    void begin() {
        endedBefore = number("select count(*) from jobs where ended_at is not null");
        failuresBefore = number("select count(*) from job_failures");
    }

    /** Stops the others in order, whatever became of them. */
    void closeAllBut(RunningHub... kept) {
        List<RunningHub> others = new ArrayList<>(hubs);
        others.removeAll(List.of(kept));
        others.forEach(RunningHub::closeAndForget);
        hubs.removeAll(others);
    }

    /** A hub that was killed is not stopped at the end. */
    void forget(RunningHub hub) {
        hubs.remove(hub);
    }

    /** A tenant of its own for each test, known to all hubs. */
    Caller tenant(RunningHub door) {
        return door.tenant("cluster-" + tenants.incrementAndGet());
    }

    // ---- Submitting

    /** What callers were promised, and how often they were sent away. */
    record Submitted(Set<UUID> promised, Map<Integer, AtomicInteger> refusals, AtomicInteger brokenOff) {

        static Submitted nothing() {
            return new Submitted(ConcurrentHashMap.newKeySet(), new ConcurrentHashMap<>(), new AtomicInteger());
        }

        int refused(int status) {
            return refusals.getOrDefault(status, new AtomicInteger()).get();
        }
    }

    /** Submits until so many jobs are promised; who is sent away comes again, with the same key. */
    Submitted submit(Caller caller, int jobs) {
        Submitted submitted = Submitted.nothing();
        submit(caller, jobs, submitted);
        return submitted;
    }

    void submit(Caller caller, int jobs, Submitted submitted) {
        AtomicInteger left = new AtomicInteger(jobs);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        for (int i = 0; i < CALLERS; i++) {
            callers.execute(() -> {
                while (left.getAndDecrement() > 0) {
                    submitOne(caller, submitted);
                }
            });
        }
        callers.shutdown();
        try {
            assertThat(callers.awaitTermination(ENDED_WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as("all jobs are promised in time; refused: " + submitted.refusals())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Until it is promised, or the hub is no more. */
    private static void submitOne(Caller caller, Submitted submitted) {
        String key = UUID.randomUUID().toString();
        for (int attempt = 0; attempt < 200; attempt++) {
            Answer answer;
            try {
                answer = caller.send(caller.request("/transcribe")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(Caller.json(
                                Map.of("audioUrl", "http://127.0.0.1:9/" + key, "userId", "u", "mode", "async")))));
            } catch (UncheckedIOException e) {
                submitted.brokenOff().incrementAndGet();
                return;
            }
            if (answer.status() == 202) {
                submitted.promised().add(UUID.fromString(answer.member("jobId")));
                return;
            }
            submitted
                    .refusals()
                    .computeIfAbsent(answer.status(), status -> new AtomicInteger())
                    .incrementAndGet();
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
        }
    }

    // ---- What has become of them

    void awaitRunning(int atLeast) {
        await("jobs are under way")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> number("select count(*) from jobs where status = 'running'") >= atLeast);
    }

    void awaitEnded(int atLeast) {
        await("jobs have ended")
                .atMost(ENDED_WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> number("select count(*) from jobs where ended_at is not null") >= endedBefore + atLeast);
    }

    /** Until so many workers have jobs in their hands. */
    void awaitAtWork(int workers) {
        await(workers + " workers are at work")
                .atMost(ENDED_WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        number("select count(distinct lease_owner) from jobs where status = 'running'") >= workers);
    }

    void awaitAllEnded() {
        await("all jobs have ended")
                .atMost(ENDED_WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> number("select count(*) from jobs where status in ('queued', 'running')") == 0);
    }

    /** Every promise was kept, once: an end with its reason, one transcript, one bill and one event a job. */
    void assertAllWell(Submitted submitted) {
        awaitAllEnded();
        assertThat(ids("select id from jobs")).as("promised jobs are there").containsAll(submitted.promised());
        assertThat(ids("select id from jobs where status = 'failed' and error is null"))
                .isEmpty();
        assertThat(number("select count(*) from jobs where status not in ('completed', 'failed')"))
                .isZero();
        assertThat(ids("select id from transcripts"))
                .as("one transcript a completed job")
                .isEqualTo(ids("select id from jobs where status = 'completed'"));
        assertThat(number("select count(*) from usage"))
                .as("each is billed once")
                .isEqualTo(number("select count(*) from transcripts"));
        assertThat(number("select count(*) from events where type like 'job.%'"))
                .as("one event a job")
                .isEqualTo(number("select count(*) from jobs"));
        assertThat(number("select count(distinct subject) from events where type like 'job.%'"))
                .isEqualTo(number("select count(*) from jobs"));
        assertThat(number("select count(*) from jobs where dispatched_at is not null"))
                .isZero();
    }

    /** How many attempts have failed since {@link #begin}. */
    int failures() {
        return number("select count(*) from job_failures") - failuresBefore;
    }

    /** How many workers had a part in jobs. */
    int workersOf(Submitted submitted) {
        return number("select count(distinct lease_owner) from jobs where id in (" + list(submitted) + ")");
    }

    /** How many jobs were begun more than once. */
    int begunAgain(Submitted submitted) {
        return number("select count(*) from jobs where fence <> 1 and id in (" + list(submitted) + ")");
    }

    private static String list(Submitted submitted) {
        return submitted.promised().stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
    }

    int failed() {
        return number("select count(*) from jobs where status = 'failed'");
    }

    int number(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    List<String> texts(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Set<UUID> ids(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Set<UUID> ids = new java.util.HashSet<>();
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
            return ids;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database, Services.USER, Services.PASSWORD);
    }

    /** How a hub says that its broker is. */
    JsonNode health(RunningHub hub) {
        try {
            return JSON.readTree(hub.nobody().get("/health").text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String queue() {
        return QUEUE;
    }

    @Override
    public void close() {
        hubs.forEach(RunningHub::closeAndForget);
        fakes.close();
    }
}
