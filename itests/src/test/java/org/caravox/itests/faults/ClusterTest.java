package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.time.Duration;
import java.util.Map;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.faults.Cluster.Submitted;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.services.Cable;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Hubs that share a database and a broker: who waits for whom, and what they say of a broker that is not as it should be. */
class ClusterTest {

    private static final int FLOOD = 600;

    private Cluster cluster;

    @BeforeEach
    void start(TestInfo test) {
        cluster = new Cluster(
                "cluster-" + Integer.toHexString(test.getDisplayName().hashCode()));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void a_single_job_does_not_wait_for_another_tenants_flood() {
        RunningHub door = cluster.door();
        Caller many = cluster.tenant(door);
        Caller few = cluster.tenant(door);
        cluster.fakes().script("deepgram", new Rule().latency(Duration.ofMillis(300)));
        Submitted flood = cluster.submit(many, FLOOD);
        cluster.worker();
        cluster.awaitEnded(1);

        Submitted single = cluster.submit(few, 1);
        few.awaitEnd(single.promised().iterator().next().toString());

        assertThat(cluster.number("select count(*) from jobs where status = 'queued'"))
                .as("of the flood, jobs that still wait")
                .isGreaterThan(FLOOD / 2);
        cluster.assertAllWell(flood);
    }

    @Test
    void an_urgent_job_overtakes_its_own_tenants_flood() {
        RunningHub door = cluster.door();
        Caller caller = cluster.tenant(door);
        cluster.fakes().script("deepgram", new Rule().latency(Duration.ofMillis(300)));
        Submitted flood = cluster.submit(caller, FLOOD);
        cluster.worker();
        cluster.awaitEnded(1);

        String urgent = caller.postJson(
                        "/transcribe",
                        Map.of("audioUrl", "http://127.0.0.1:9/urgent", "userId", "u", "mode", "async", "priority", 9))
                .expect(202)
                .member("jobId");
        caller.awaitEnd(urgent);

        assertThat(cluster.number("select count(*) from jobs where status = 'queued'"))
                .as("of the flood, jobs that still wait")
                .isGreaterThan(FLOOD / 2);
        cluster.assertAllWell(flood);
    }

    @Test
    void a_job_that_backs_off_keeps_nobody_waiting() {
        RunningHub door = cluster.door();
        cluster.worker(Map.of("caravox.jobs.back-off", "3s", "caravox.jobs.attempts", "2"));
        Caller caller = cluster.tenant(door);
        cluster.fakes().script("deepgram", new Rule().times(1).status(500), new Rule());

        Submitted first = cluster.submit(caller, 1);
        await("its first attempt has failed")
                .atMost(Duration.ofSeconds(60))
                .until(() -> cluster.number("select count(*) from job_failures") == 1);
        Submitted others = cluster.submit(caller, 50);
        others.promised()
                .forEach(job -> assertThat(caller.awaitEnd(job.toString()).member("status"))
                        .isEqualTo("completed"));

        Answer slow = caller.awaitEnd(first.promised().iterator().next().toString());
        assertThat(slow.member("status")).isEqualTo("completed");
        assertThat(slow.json().get("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void a_hub_starts_without_its_broker_says_so_and_finds_it_when_it_comes() throws Exception {
        try (Cable cable = Cable.to(cluster.services().port(Service.RABBITMQ))) {
            cable.cut();
            RunningHub hub = cluster.start(Map.of("spring.rabbitmq.addresses", "127.0.0.1:" + cable.port()), Map.of());
            Caller caller = cluster.tenant(hub);

            assertThat(hub.nobody().get("/health/readiness").status()).isEqualTo(503);
            assertThat(hub.nobody().get("/health/liveness").status()).isEqualTo(200);
            Answer refused = submit(caller, 503);
            assertThat(refused.member("error")).contains("RabbitMQ cannot be reached");
            assertThat(refused.header("Retry-After")).isNotEmpty();
            Map<String, String> now = Map.of("userId", "u", "mode", "sync");
            assertThat(caller.upload(Sample.VOICEMAIL.bytes(), now).status()).isEqualTo(200);

            cable.mend();

            await("it is ready")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> hub.nobody().get("/health/readiness").status() == 200);
            caller.awaitEnd(submit(caller, 202).member("jobId"));
            assertThat(cluster.failed()).isZero();
        }
    }

    @Test
    void a_wrong_password_is_told_and_the_hub_goes_on_when_it_is_right() {
        cluster.services().rabbitmqctl("add_user", "changing", "right");
        cluster.services().rabbitmqctl("set_permissions", "-p", cluster.virtualHost(), "changing", ".*", ".*", ".*");
        try {
            RunningHub hub = cluster.start(
                    Map.of("spring.rabbitmq.username", "changing", "spring.rabbitmq.password", "new"), Map.of());
            Caller caller = cluster.tenant(hub);

            assertThat(hub.nobody().get("/health/readiness").status()).isEqualTo(503);
            assertThat(submit(caller, 503).member("error")).contains("RabbitMQ refuses user or password");
            assertThat(hub.log()).contains("rabbitmq.down").doesNotContain("\tat ");

            cluster.services().rabbitmqctl("change_password", "changing", "new");

            await("it is ready")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> hub.nobody().get("/health/readiness").status() == 200);
            caller.awaitEnd(submit(caller, 202).member("jobId"));
        } finally {
            cluster.services().rabbitmqctl("delete_user", "changing");
        }
    }

    @Test
    void a_queue_that_exists_with_other_arguments_is_told_and_left_as_it_is() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(cluster.services().port(Service.RABBITMQ));
        factory.setVirtualHost(cluster.virtualHost());
        factory.setUsername(Services.USER);
        factory.setPassword(Services.PASSWORD);
        try (Connection connection = factory.newConnection()) {
            connection.createChannel().queueDeclare(cluster.queue(), true, false, false, Map.of("x-max-priority", 3));
            RunningHub hub = cluster.start(Map.of(), Map.of());
            Caller caller = cluster.tenant(hub);

            assertThat(submit(caller, 503).member("error"))
                    .contains("the queue " + cluster.queue())
                    .contains("exists with other arguments")
                    .contains("caravox.rabbitmq.queue");

            connection.createChannel().queueDelete(cluster.queue());

            await("it is ready")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> hub.nobody().get("/health/readiness").status() == 200);
            caller.awaitEnd(submit(caller, 202).member("jobId"));
        }
    }

    private static Answer submit(Caller caller, int expected) {
        return caller.postJson(
                        "/transcribe", Map.of("audioUrl", "http://127.0.0.1:9/x", "userId", "u", "mode", "async"))
                .expect(expected);
    }
}
