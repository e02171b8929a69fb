package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.caravox.itests.queues.IntakeHub.INTAKE;
import static org.caravox.itests.queues.IntakeHub.TENANT;
import static org.caravox.itests.queues.RabbitCustomer.known;

import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.queues.IntakeHub;
import org.caravox.itests.queues.KafkaCustomer;
import org.caravox.itests.queues.RabbitCustomer;
import org.caravox.itests.services.Cable;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages and events outlive what happens to the servers that carry and keep them. */
@Timeout(300)
class IntakeFaultsTest {

    private static final int MESSAGES = 20;
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(90);
    private static final String UNREACHABLE = Caller.json(Map.of("audioUrl", "http://127.0.0.1:9/x", "userId", "u"));

    private static Services services;

    @AutoClose
    private static Cable toKafka;

    @AutoClose
    private static IntakeHub hub;

    @AutoClose
    private static KafkaCustomer kafka;

    /** The hub starts while there is no Kafka. */
    @BeforeAll
    static void start() throws Exception {
        services = Services.running();
        toKafka = services.kafkaCable();
        toKafka.cut();
        kafka = new KafkaCustomer(services.kafkaServers());
        hub = new IntakeHub(
                "intake-faults",
                services,
                "127.0.0.1:" + toKafka.port(),
                Map.of("caravox.jobs.attempts", "1", "caravox.fetch.job-deadline", "1s"));
    }

    @Test
    void events_and_records_wait_for_kafka() throws Exception {
        toKafka.cut();
        await().atMost(RECOVERED_WITHIN).until(() -> kafkaIs("DEGRADED"));
        String body = Caller.json(Map.of("audioUrl", "http://127.0.0.1:9/x", "userId", "u", "mode", "async"));
        String job = hub.caller().postJson("/transcribe", body).expect(202).member("jobId");
        hub.caller().awaitEnd(job);
        kafka.send(hub.topic(), KafkaCustomer.signed(TENANT, hub.secret(), "while-away", UNREACHABLE), UNREACHABLE);
        assertThat(hub.hub().nobody().get("/health/readiness").status()).isEqualTo(200);

        toKafka.mend();

        await().atMost(RECOVERED_WITHIN).until(() -> kafkaIs("UP"));
        await().atMost(RECOVERED_WITHIN).untilAsserted(() -> assertThat(kafka.read(hub.events()))
                .filteredOn(event -> event.key().equals(job))
                .isNotEmpty());
        await().atMost(RECOVERED_WITHIN).until(() -> hub.jobs("while-away").size() == 1);
    }

    @Test
    void messages_wait_for_the_database() throws Exception {
        toKafka.mend();
        await().atMost(RECOVERED_WITHIN).until(() -> kafkaIs("UP"));
        String secret = hub.secret();
        services.kill(Service.POSTGRESQL);
        try (RabbitCustomer rabbit = new RabbitCustomer(services, hub.virtualHost())) {
            for (int i = 0; i < MESSAGES; i++) {
                rabbit.send(INTAKE, known("rabbit-" + i).build(), UNREACHABLE);
                kafka.send(hub.topic(), KafkaCustomer.signed(TENANT, secret, "kafka-" + i, UNREACHABLE), UNREACHABLE);
            }
        } finally {
            services.start(Service.POSTGRESQL);
        }

        await().atMost(RECOVERED_WITHIN).ignoreExceptions().untilAsserted(() -> assertThat(IntStream.range(0, MESSAGES))
                .allSatisfy(i -> {
                    assertThat(hub.jobs("rabbit-" + i)).hasSize(1);
                    assertThat(hub.jobs("kafka-" + i)).hasSize(1);
                }));
        assertThat(hub.query("select reason from refused_messages")).isEmpty();
    }

    private static boolean kafkaIs(String status) {
        return hub.hub().nobody().get("/health/kafka").member("status").equals(status);
    }
}
