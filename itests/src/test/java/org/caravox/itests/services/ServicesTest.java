package org.caravox.itests.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.caravox.itests.services.ServicesCommand.Ran;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class ServicesTest {

    private static Services services;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() {
        services = Services.running();
    }

    @Test
    void postgresql_keeps_what_was_committed_when_it_is_stopped_and_when_it_is_killed() throws SQLException {
        String url = services.createDatabase("services-test");
        execute(url, "CREATE TABLE kept (value text)");

        execute(url, "INSERT INTO kept VALUES ('before a stop')");
        services.stop(Service.POSTGRESQL);
        assertThatThrownBy(() -> execute(url, "SELECT 1")).isInstanceOf(SQLException.class);
        services.start(Service.POSTGRESQL);
        execute(url, "INSERT INTO kept VALUES ('before a crash')");
        services.kill(Service.POSTGRESQL);
        services.start(Service.POSTGRESQL);

        assertThat(query(url, "SELECT string_agg(value, ', ') FROM kept")).isEqualTo("before a stop, before a crash");
    }

    @Test
    void postgresql_has_room_for_several_hubs_and_does_not_lie_about_the_disk() throws SQLException {
        String url = services.jdbcUrl("caravox");

        assertThat(query(url, "SHOW fsync")).isEqualTo("on");
        assertThat(query(url, "SHOW max_connections")).isEqualTo("200");
    }

    @Test
    void a_database_made_again_is_empty() throws SQLException {
        execute(services.createDatabase("services-test-again"), "CREATE TABLE before_this (value text)");

        String url = services.createDatabase("services-test-again");

        assertThat(query(url, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
    }

    @Test
    void rabbitmq_keeps_durable_messages_when_it_is_stopped_and_when_it_is_killed() throws Exception {
        String host = services.createVirtualHost("services-test");
        inRabbit(host, channel -> channel.queueDeclare("kept", true, false, false, Map.of("x-queue-type", "quorum")));

        inRabbit(host, channel -> publish(channel, "before a stop"));
        services.stop(Service.RABBITMQ);
        services.start(Service.RABBITMQ);
        inRabbit(host, channel -> publish(channel, "before a crash"));
        services.kill(Service.RABBITMQ);
        services.start(Service.RABBITMQ);

        inRabbit(host, channel -> {
            assertThat(channel.basicGet("kept", true).getBody()).asString().isEqualTo("before a stop");
            assertThat(channel.basicGet("kept", true).getBody()).asString().isEqualTo("before a crash");
            assertThat(channel.basicGet("kept", true)).isNull();
        });
    }

    @Test
    void kafka_makes_topics_and_keeps_their_records_when_it_is_stopped_and_when_it_is_killed() throws Exception {
        produce(services.kafkaServers(), "services-test", "before a stop");
        services.stop(Service.KAFKA);
        services.start(Service.KAFKA);
        produce(services.kafkaServers(), "services-test", "before a crash");
        services.kill(Service.KAFKA);
        services.start(Service.KAFKA);

        assertThat(consume(services.kafkaServers(), "services-test", 2))
                .containsExactly("before a stop", "before a crash");
    }

    @Test
    void kafkas_clients_stay_on_the_cable_that_they_came_by() throws Exception {
        try (Cable cable = services.kafkaCable()) {
            String servers = "127.0.0.1:" + cable.port();
            produce(servers, "services-test-cable", "first");
            assertThat(consume(servers, "services-test-cable", 1)).containsExactly("first");

            cable.cut();

            assertThatThrownBy(() -> produce(servers, "services-test-cable", "second"))
                    .hasRootCauseInstanceOf(TimeoutException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_runs_already_is_left_alone_and_said_so(Service service) {
        assertThat(command().succeed("start", service.id())).contains("runs already", ":" + services.port(service));
        assertThat(command().succeed("status", service.id())).contains("runs", ":" + services.port(service));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            start  | mysql          | There is no service "mysql": there are postgresql rabbitmq kafka
            stop   | --now          | There is no service "--now"
            start  | --base-port x  | --base-port wants a number from 1024 to 65528, not "x"
            start  | --base-port 80 | --base-port wants a number from 1024 to 65528, not "80"
            start  | --data         | --data wants a folder
            kill   | ''             | kill wants the name of a service
            remove | kafka          | remove is for the whole set
            """)
    void a_wrong_argument_is_named(String action, String arguments, String message) {
        Ran ran = new ServicesCommand(folder.resolve("wrong"))
                .run(action, arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(ran.status()).as(ran.printed()).isEqualTo(2);
        assertThat(ran.printed()).contains(message, "./hub services help");
        assertThat(folder.resolve("wrong")).doesNotExist();
    }

    @Test
    void a_port_that_is_taken_is_named() {
        Ran ran = new ServicesCommand(folder.resolve("second"))
                .run("start", "postgresql", "--base-port", String.valueOf(services.port(Service.POSTGRESQL)));

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.printed())
                .contains("something else listens on port " + services.port(Service.POSTGRESQL), "--base-port");
    }

    @Test
    void a_set_that_runs_cannot_move() {
        Ran ran = command().run("start", "--base-port", "20000");

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.printed()).contains("runs with the base port " + services.port(Service.POSTGRESQL));
    }

    @Test
    void another_set_runs_beside_it_and_leaves_nothing_when_it_is_removed() throws IOException, SQLException {
        Path data = Files.createDirectory(folder.resolve("beside")).resolve("set");
        ServicesCommand beside = new ServicesCommand(data);
        int port = services.port(Service.POSTGRESQL) + 500;

        beside.succeed("start", "postgresql", "--base-port", String.valueOf(port));
        assertThat(query(Services.jdbcUrl(port, "caravox"), "SELECT current_database()"))
                .isEqualTo("caravox");
        assertThat(beside.run("status").printed()).contains("RabbitMQ does not run", "Kafka does not run");
        beside.succeed("remove");

        assertThat(data.getParent()).isEmptyDirectory();
    }

    private static ServicesCommand command() {
        return new ServicesCommand(Services.FOLDER);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(url, Services.USER, Services.PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String url, String sql) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(url, Services.USER, Services.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private interface RabbitTask {
        void run(Channel channel) throws Exception;
    }

    private static void inRabbit(String host, RabbitTask task) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(services.port(Service.RABBITMQ));
        factory.setUsername(Services.USER);
        factory.setPassword(Services.PASSWORD);
        factory.setVirtualHost(host);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            task.run(channel);
        }
    }

    private static void publish(Channel channel, String text) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, text.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(10_000);
    }

    private static void produce(String servers, String topic, String text)
            throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, text)).get();
        }
    }

    private static List<String> consume(String servers, String topic, int count) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition only = new TopicPartition(topic, 0);
            consumer.assign(List.of(only));
            assertThat(consumer.endOffsets(List.of(only))).containsEntry(only, (long) count);
            return StreamSupport.stream(consumer.poll(Duration.ofSeconds(20)).spliterator(), false)
                    .map(read -> read.value())
                    .toList();
        }
    }
}
