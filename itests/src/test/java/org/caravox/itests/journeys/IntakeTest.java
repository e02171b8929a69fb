package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.caravox.itests.queues.IntakeHub.INTAKE;
import static org.caravox.itests.queues.IntakeHub.TENANT;
import static org.caravox.itests.queues.RabbitCustomer.known;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.queues.IntakeHub;
import org.caravox.itests.queues.KafkaCustomer;
import org.caravox.itests.queues.RabbitCustomer;
import org.caravox.itests.queues.Told;
import org.caravox.itests.services.Services;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Customers put messages into RabbitMQ and Kafka, and are answered there. */
@Timeout(300)
class IntakeTest {

    private static final String REPLIES = "caravox.reply." + TENANT;
    private static final String OWN_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private static SourceServer sources;

    @AutoClose
    private static IntakeHub hub;

    @AutoClose
    private static RabbitCustomer rabbit;

    @AutoClose
    private static KafkaCustomer kafka;

    private static String secret;
    private static String good;

    private final String id = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        Services services = Services.running();
        sources = new SourceServer();
        kafka = new KafkaCustomer(services.kafkaServers());
        hub = new IntakeHub("intake-test", services, services.kafkaServers(), Map.of());
        rabbit = new RabbitCustomer(services, hub.virtualHost());
        secret = hub.secret();
        good = Caller.json(Map.of(
                "audioUrl",
                sources.serve("clip.wav", Sample.PHONE_CLIP.bytes()),
                "userId",
                "u",
                "metadata",
                Map.of("order", 7)));
    }

    @Test
    void a_message_of_rabbitmq_becomes_a_job_and_its_words_come_back() throws Exception {
        String replies = rabbit.queue(REPLIES + ".words");

        rabbit.send(INTAKE, known(id).replyTo(replies).correlationId("call-1").build(), good);

        Told reply = rabbit.next(replies);
        assertThat(reply.key()).isEqualTo("call-1");
        assertThat(reply.member("status")).isEqualTo("completed");
        assertThat(reply.member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(reply.body().at("/metadata/order").asInt()).isEqualTo(7);
        assertThat(hub.caller()
                        .get("/jobs/" + reply.member("jobId"))
                        .expect(200)
                        .member("messageId"))
                .isEqualTo(id);
    }

    @Test
    void a_record_of_kafka_becomes_a_job_and_its_words_come_back() throws Exception {
        String replies = REPLIES + "." + id;
        kafka.topic(replies);

        kafka.send(hub.topic(), signed(id, good, Map.of("caravox-reply-topic", replies)), good);

        Told reply = kafka.read(replies, 1).get(0);
        assertThat(reply.key()).isEqualTo(id);
        assertThat(reply.member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        awaitAllRead();
    }

    @Test
    void a_message_that_comes_again_is_one_job_with_one_reply_and_one_event_of_a_kind() throws Exception {
        String replies = rabbit.queue(REPLIES + ".twice");
        BasicProperties same = known(id).replyTo(replies).build();

        rabbit.send(INTAKE, same, good);
        rabbit.send(INTAKE, same, good);
        await().atMost(SOON).until(() -> !hub.jobs(id).isEmpty());
        kafka.send(hub.topic(), signed(id, good, Map.of()), good);
        Told reply = rabbit.next(replies);
        rabbit.send(INTAKE, same, good);
        rabbit.send(INTAKE, known(id + "-last").replyTo(replies).build(), good);

        assertThat(rabbit.next(replies).key()).isEqualTo(id + "-last");
        awaitAllRead();
        assertThat(hub.jobs(id)).containsExactly(reply.member("jobId"));
        await().atMost(SOON).untilAsserted(() -> assertThat(kafka.read(hub.events()))
                .filteredOn(event -> event.key().equals(reply.member("jobId")))
                .extracting(event -> event.member("type"))
                .containsExactlyInAnyOrder("transcript.ready", "job.completed"));
        assertThat(rabbit.look(replies)).isEmpty();
    }

    @Test
    void every_end_of_a_job_and_every_transcript_is_one_event() throws Exception {
        String completed = submit(id + "-completed", good);
        String failed =
                submit(id + "-failed", Caller.json(Map.of("audioUrl", sources.url() + "/status/404", "userId", "u")));
        String cancelled =
                submit(id + "-cancelled", Caller.json(Map.of("audioUrl", sources.url() + "/hang", "userId", "u")));
        hub.caller().delete("/jobs/" + cancelled).expect(200);
        hub.caller().awaitEnd(completed);
        hub.caller().awaitEnd(failed);

        await().atMost(SOON).untilAsserted(() -> assertThat(kafka.read(hub.events()))
                .filteredOn(event -> List.of(completed, failed, cancelled).contains(event.key()))
                .extracting(Told::key, event -> event.member("type"))
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(completed, "transcript.ready"),
                        org.assertj.core.groups.Tuple.tuple(completed, "job.completed"),
                        org.assertj.core.groups.Tuple.tuple(failed, "job.failed"),
                        org.assertj.core.groups.Tuple.tuple(cancelled, "job.cancelled")));
        Told event = kafka.read(hub.events()).stream()
                .filter(each -> each.key().equals(failed))
                .findFirst()
                .orElseThrow();
        assertThat(event.member("specversion")).isEqualTo("1.0");
        assertThat(event.member("tenant")).isEqualTo(TENANT);
        assertThat(event.body().at("/data/error").asText()).contains("404");
    }

    @Test
    void who_changed_what_is_told_in_a_topic_of_its_own() throws Exception {
        Answer made = hub.caller()
                .postJson("/webhooks", Map.of("url", "https://nobody.invalid/t0ken", "secret", OWN_SECRET))
                .expect(201);

        await().atMost(SOON).untilAsserted(() -> assertThat(kafka.read(hub.audit()))
                .filteredOn(act -> act.member("subject").equals(made.member("id")))
                .singleElement()
                .satisfies(act -> {
                    assertThat(act.key()).isEqualTo(TENANT);
                    assertThat(act.member("tenant")).isEqualTo(TENANT);
                    assertThat(act.member("type")).isEqualTo("webhook.created");
                    assertThat(act.body().at("/data/details/url").asText()).isEqualTo("https://nobody.invalid");
                    assertThat(act.body().toString()).doesNotContain("t0ken", OWN_SECRET);
                }));
        assertThat(kafka.read(hub.events()))
                .noneSatisfy(event -> assertThat(event.member("type")).startsWith("webhook."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {oops                                                        | malformed JSON
                    []                                                           | must be a JSON object
                    {"userId":"u"}                                               | audioUrl is missing
                    {"audioUrl":"http://a.example/x","userId":"u","colour":1}    | "colour"
                    {"audioUrl":"http://10.0.0.1/x","userId":"u"}                | audioUrl
                    {"audioUrl":"http://a.example/x","userId":"u","mode":"sync"} | mode must be async
                    {"mode":"stream","userId":"u"}                               | mode
                    {"audioUrl":"http://a.example/x","userId":"\\u0000"}         | control character
                    """)
    void what_cannot_become_a_job_is_kept_with_the_reason_and_its_sender_told(String body, String reason)
            throws Exception {
        String replies = rabbit.queue(REPLIES + ".refused");

        rabbit.send(INTAKE, known(id).replyTo(replies).build(), body);

        Told reply = rabbit.next(replies);
        assertThat(reply.key()).isEqualTo(id);
        assertThat(reply.member("status")).isEqualTo("refused");
        assertThat(reply.member("error")).contains(reason);
        assertThat(hub.refusals(id)).singleElement().asString().contains(reason);
        assertThat(hub.jobs(id)).isEmpty();
    }

    @Test
    void a_refused_message_becomes_a_job_when_what_was_wrong_is_mended_and_it_is_replayed() throws Exception {
        String body = Caller.json(Map.of("audioUrl", sources.url() + "/status/404", "userId", "u"));
        kafka.send(hub.topic(), KafkaCustomer.signed("late", secret, id, body), body);
        String refusal = await().atMost(SOON)
                .until(
                        () -> hub.query(
                                "select id from refused_messages where headers ->> 'webhook-id' = '" + id + "'"),
                        found -> !found.isEmpty())
                .get(0);
        hub.query("insert into tenants (id, created_at, webhook_secret) values ('late', now(), '" + secret
                + "') returning id");

        hub.hub().admin().post("/dead-letters/" + refusal + "/replay").expect(202);

        assertThat(hub.jobs(id)).hasSize(1);
        assertThat(hub.query("select id from refused_messages where id = '" + refusal + "'"))
                .isEmpty();
    }

    @Test
    void a_message_that_is_too_large_or_calls_itself_something_else_is_refused() throws Exception {
        String replies = rabbit.queue(REPLIES + ".large");
        BasicProperties text = known(id)
                .replyTo(replies)
                .contentType("text/plain")
                .contentEncoding("no-such-encoding")
                .build();
        BasicProperties java = known(id + "-java")
                .replyTo(replies)
                .contentType("application/x-java-serialized-object")
                .build();

        rabbit.send(INTAKE, text, "x".repeat(70_000));
        assertThat(rabbit.next(replies).member("error")).contains("70000 bytes");
        rabbit.send(INTAKE, java, "\u00ac\u00ed");
        assertThat(rabbit.next(replies).member("error")).contains("malformed JSON");
    }

    @Test
    void nobody_speaks_for_a_tenant_without_its_credential() throws Exception {
        Map<String, Object> hostile = Map.of(
                "CamelSpringRabbitmqUserId",
                Services.USER,
                "CamelSpringRabbitmqMessageId",
                id,
                ":user-id",
                Services.USER,
                "org.apache.camel.user-id",
                Services.USER,
                "CamelHttpUri",
                "http://127.0.0.1:1/",
                "CamelBeanMethodName",
                "fromKafka");
        Map<String, String> unsigned = signed(id, good, Map.of("webhook-signature", "v1,AAAA", ":user-id", "caravox"));
        Map<String, String> changed = signed(id, good + " ", Map.of());
        Map<String, String> other = signed(id, good, Map.of("caravox-tenant", "demo"));

        rabbit.send(
                INTAKE,
                new BasicProperties.Builder().messageId(id).headers(hostile).build(),
                good);
        for (Map<String, String> headers : List.of(unsigned, changed, other)) {
            kafka.send(hub.topic(), headers, good);
        }
        kafka.send(hub.topic(), Map.of("CamelSpringRabbitmqUserId", Services.USER), good);
        rabbit.send(INTAKE, known(id).headers(Map.of("caravox-tenant", "demo")).build(), good);

        awaitAllRead();
        assertThat(hub.jobs(id)).isEmpty();
        assertThat(hub.query("select tenant from refused_messages where headers::text like '%" + id + "%'"))
                .hasSize(5)
                .containsOnly("null");
    }

    @Test
    void a_tenant_signs_what_it_publishes_to_rabbitmq() throws Exception {
        String replies = rabbit.queue(REPLIES + ".signed");
        Map<String, Object> headers = Map.copyOf(signed(id, good, Map.of()));

        rabbit.send(
                INTAKE,
                new BasicProperties.Builder()
                        .headers(headers)
                        .messageId("not signed")
                        .replyTo(replies)
                        .build(),
                good);

        assertThat(rabbit.next(replies).key()).isEqualTo(id);
        assertThat(hub.jobs(id)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"caravox.reply.demo", "caravox.reply.acme2", "caravox.jobs", "caravox.reply.acme./"})
    void nobody_is_answered_in_a_queue_that_is_not_theirs(String queue) throws Exception {
        rabbit.send(INTAKE, known(id).replyTo(queue).build(), good);

        await().atMost(SOON).until(() -> !hub.refusals(id).isEmpty());
        assertThat(hub.refusals(id).get(0)).contains("must be " + REPLIES);
        assertThat(hub.jobs(id)).isEmpty();
    }

    @Test
    void a_reply_whose_queue_is_not_there_yet_waits_and_holds_up_no_other() throws Exception {
        String late = REPLIES + ".late-" + id;
        String there = rabbit.queue(REPLIES + ".there");
        rabbit.send(INTAKE, known(id).replyTo(late).build(), "{}");

        await().atMost(SOON).until(() -> hub.query("select error from outbox where destination = '" + late + "'")
                .contains("there is no queue of that name"));
        rabbit.send(INTAKE, known(id + "-other").replyTo(there).build(), "{}");
        assertThat(rabbit.next(there).key()).isEqualTo(id + "-other");
        rabbit.queue(late);

        assertThat(rabbit.next(late).key()).isEqualTo(id);
    }

    private static String submit(String messageId, String body) throws Exception {
        rabbit.send(INTAKE, known(messageId).build(), body);
        return await().atMost(SOON)
                .until(() -> hub.jobs(messageId), jobs -> !jobs.isEmpty())
                .get(0);
    }

    private static Map<String, String> signed(String id, String body, Map<String, String> different) throws Exception {
        Map<String, String> headers = KafkaCustomer.signed(TENANT, secret, id, body);
        headers.putAll(different);
        return headers;
    }

    /** Nothing waits to be read, and nothing comes round again. */
    private static void awaitAllRead() {
        await().atMost(SOON).untilAsserted(() -> assertThat(kafka.lag(hub.virtualHost(), hub.topic()))
                .isZero());
        await().atMost(SOON).until(() -> rabbit.waiting(INTAKE) == 0);
    }
}
