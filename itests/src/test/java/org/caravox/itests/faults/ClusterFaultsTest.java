package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.caravox.itests.faults.Cluster.Submitted;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.services.Cable;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two thousand jobs through a door, RabbitMQ and two workers, while something of that dies, hangs, is cut off or says
 * everything twice: each job that was promised ends once, with one transcript, one bill and one event.
 */
class ClusterFaultsTest {

    private static final int JOBS = 2_000;
    private static final Path FAKE_TIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

    private static Cluster cluster;
    private static RunningHub door;
    private static RunningHub one;
    private Caller caller;

    @BeforeAll
    static void start() {
        cluster = new Cluster("faults");
        door = cluster.door();
        one = cluster.worker();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void begin() {
        caller = cluster.tenant(door);
        cluster.begin();
    }

    /** The door and one worker stay for all tests. */
    @AfterEach
    void onlyTheseTwo() {
        cluster.closeAllBut(door, one);
    }

    private static void leaveItSo(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    private CompletableFuture<Submitted> submitting() {
        return CompletableFuture.supplyAsync(() -> cluster.submit(caller, JOBS));
    }

    @Test
    void a_worker_is_killed_in_the_middle_of_jobs() {
        RunningHub other = cluster.worker();
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);
        cluster.awaitAtWork(2);

        other.kill9();
        cluster.forget(other);

        cluster.assertAllWell(submitted.join());
        assertThat(submitted.join().promised()).hasSize(JOBS);
        assertThat(cluster.failed()).isZero();
        assertThat(cluster.failures()).as("jobs that the dead worker had").isPositive();
    }

    @Test
    void a_door_is_killed_while_it_takes_jobs_in() {
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);

        door.kill9();
        cluster.forget(door);
        Submitted first = submitted.join();
        assertThat(first.brokenOff()).as("requests that were under way").hasPositiveValue();

        door = cluster.door();
        cluster.submit(
                new Caller(door.url(), caller.key()), JOBS - first.promised().size(), first);

        cluster.assertAllWell(first);
        assertThat(first.promised()).hasSize(JOBS);
        assertThat(cluster.failed()).isZero();
    }

    @Test
    void the_broker_is_stopped_and_started_under_load() {
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);

        cluster.services().stop(Service.RABBITMQ);
        await("the door says so").until(() -> !cluster.health(door)
                .at("/components/broker/status")
                .asText()
                .equals("UP"));
        cluster.services().start(Service.RABBITMQ);

        cluster.assertAllWell(submitted.join());
        assertThat(submitted.join().promised()).hasSize(JOBS);
        assertThat(submitted.join().refused(503)).as("sent away meanwhile").isPositive();
        assertThat(cluster.failed()).isZero();
    }

    @Test
    void the_broker_is_killed_and_loses_all_that_it_had() throws IOException, TimeoutException {
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);

        cluster.services().kill(Service.RABBITMQ);
        cluster.services().start(Service.RABBITMQ);
        withChannel(channel -> channel.queueDelete(cluster.queue()));

        cluster.assertAllWell(submitted.join());
        assertThat(submitted.join().promised()).hasSize(JOBS);
        assertThat(cluster.failed()).isZero();
    }

    @Test
    void the_database_is_away_for_twenty_seconds() {
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);

        cluster.services().stop(Service.POSTGRESQL);
        await("the worker lives")
                .during(Duration.ofSeconds(20))
                .atMost(Duration.ofSeconds(25))
                .until(() -> one.nobody().get("/health/liveness").status() == 200);
        cluster.services().start(Service.POSTGRESQL);

        cluster.assertAllWell(submitted.join());
        assertThat(submitted.join().promised()).hasSize(JOBS);
        assertThat(cluster.failed()).isZero();
    }

    @Test
    void a_worker_is_cut_off_from_the_broker_and_a_frozen_line_comes_back() throws Exception {
        try (Cable cable = Cable.to(cluster.services().port(Service.RABBITMQ))) {
            cluster.worker(Map.of("spring.rabbitmq.addresses", "127.0.0.1:" + cable.port()));
            CompletableFuture<Submitted> submitted = submitting();
            cluster.awaitEnded(JOBS / 10);

            cable.freeze();
            leaveItSo(Duration.ofSeconds(8));
            cable.mend();
            cluster.awaitEnded(JOBS / 3);
            cable.cut();
            leaveItSo(Duration.ofSeconds(3));
            cable.mend();

            cluster.assertAllWell(submitted.join());
            assertThat(submitted.join().promised()).hasSize(JOBS);
            assertThat(cluster.failed()).isZero();
        }
    }

    @Test
    void a_door_is_cut_off_from_the_broker() throws Exception {
        try (Cable cable = Cable.to(cluster.services().port(Service.RABBITMQ))) {
            RunningHub far = cluster.start(
                    Map.of("caravox.roles.worker", "false", "spring.rabbitmq.addresses", "127.0.0.1:" + cable.port()),
                    Map.of());
            Caller farCaller = new Caller(far.url(), caller.key());
            CompletableFuture<Submitted> submitted =
                    CompletableFuture.supplyAsync(() -> cluster.submit(farCaller, JOBS));
            cluster.awaitEnded(JOBS / 10);

            cable.freeze();
            leaveItSo(Duration.ofSeconds(10));
            cable.mend();

            cluster.assertAllWell(submitted.join());
            assertThat(submitted.join().promised()).hasSize(JOBS);
            assertThat(cluster.failed()).isZero();
        }
    }

    @Test
    void a_worker_hangs_until_its_leases_are_over_and_then_goes_on() {
        RunningHub other = cluster.worker();
        CompletableFuture<Submitted> submitted = submitting();
        cluster.awaitEnded(JOBS / 10);
        cluster.awaitAtWork(2);

        other.suspend();
        await("its jobs are taken over").atMost(Cluster.LEASE.multipliedBy(6)).until(() -> cluster.failures() > 0);
        other.resume();

        cluster.assertAllWell(submitted.join());
        assertThat(submitted.join().promised()).hasSize(JOBS);
        assertThat(cluster.failed()).isZero();
    }

    @Test
    void a_workers_clock_is_two_minutes_fast_and_anothers_two_minutes_slow() {
        assumeThat(Files.exists(FAKE_TIME))
                .as("libfaketime (Debian package faketime)")
                .isTrue();
        cluster.start(Map.of("caravox.roles.door", "false"), clock("+120s"));
        cluster.start(Map.of("caravox.roles.door", "false"), clock("-120s"));

        Submitted submitted = cluster.submit(caller, JOBS);

        cluster.assertAllWell(submitted);
        assertThat(submitted.promised()).hasSize(JOBS);
        assertThat(cluster.failures()).as("no lease was taken for over").isZero();
        assertThat(cluster.workersOf(submitted)).as("workers that took part").isEqualTo(3);
    }

    private static Map<String, String> clock(String offset) {
        return Map.of("LD_PRELOAD", FAKE_TIME.toString(), "FAKETIME", offset);
    }

    @Test
    void every_message_is_delivered_three_times() throws IOException, TimeoutException {
        RunningHub other = cluster.worker();
        assertThat(other.pid()).isPositive();
        Submitted submitted = Submitted.nothing();
        CompletableFuture<Void> submitting = CompletableFuture.runAsync(() -> cluster.submit(caller, JOBS, submitted));
        withChannel(channel -> {
            java.util.Set<UUID> repeated = new java.util.HashSet<>();
            while (!submitting.isDone() || !repeated.containsAll(submitted.promised())) {
                for (UUID job : submitted.promised()) {
                    if (repeated.add(job)) {
                        repeat(channel, job);
                        repeat(channel, job);
                    }
                }
            }
            channel.basicPublish(
                    "",
                    cluster.queue(),
                    MessageProperties.PERSISTENT_TEXT_PLAIN,
                    "not a job".getBytes(StandardCharsets.UTF_8));
        });
        submitting.join();

        cluster.assertAllWell(submitted);
        assertThat(cluster.failed()).isZero();
        assertThat(cluster.begunAgain(submitted))
                .as("jobs that were begun more than once")
                .isZero();
        withChannel(channel -> await("what is no job's id is parked")
                .until(() -> channel.messageCount(cluster.queue() + ".dead") == 1));
    }

    private void repeat(Channel channel, UUID job) throws IOException {
        channel.basicPublish(
                "",
                cluster.queue(),
                MessageProperties.PERSISTENT_TEXT_PLAIN,
                job.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private interface OnChannel {
        void run(Channel channel) throws IOException;
    }

    private void withChannel(OnChannel work) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(cluster.services().port(Service.RABBITMQ));
        factory.setVirtualHost(cluster.virtualHost());
        factory.setUsername(Services.USER);
        factory.setPassword(Services.PASSWORD);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }
}
