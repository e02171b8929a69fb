package org.caravox.itests.queues;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;

/** A hub that takes in messages of RabbitMQ and Kafka; its topics begin with its name. */
public final class IntakeHub implements AutoCloseable {

    /** The tenant of RabbitMQ's user. */
    public static final String TENANT = "acme";

    /** The queue and exchange of RabbitMQ. */
    public static final String INTAKE = "caravox.intake";

    private final String name;
    private final String database;
    private final RunningHub hub;
    private final Caller caller;

    public IntakeHub(String name, Services services, String kafka, Map<String, String> different) throws IOException {
        this.name = name;
        database = services.createDatabase(name);
        Map<String, String> settings = SharedHub.quickSettings();
        settings.put("spring.profiles.active", "cluster");
        settings.put("spring.datasource.url", database);
        settings.put("spring.rabbitmq.addresses", "127.0.0.1:" + services.port(Service.RABBITMQ));
        settings.put("spring.rabbitmq.virtual-host", services.createVirtualHost(name));
        settings.put("caravox.kafka.brokers", kafka);
        settings.put("caravox.events.topic", events());
        settings.put("caravox.audit.topic", audit());
        settings.put("caravox.intake.rabbitmq.queue", INTAKE);
        settings.put("caravox.intake.rabbitmq.users." + Services.USER, TENANT);
        settings.put("caravox.intake.kafka.topic", topic());
        settings.put("caravox.intake.kafka.group", name);
        for (int i = 0; i < 10; i++) {
            settings.put("caravox.intake.reply-retries[" + i + "]", "1s");
        }
        settings.putAll(different);
        hub = RunningHub.start(Files.createTempDirectory("caravox-intake-"), settings);
        caller = hub.tenant(TENANT);
    }

    public RunningHub hub() {
        return hub;
    }

    /** The tenant, over HTTP. */
    public Caller caller() {
        return caller;
    }

    public String virtualHost() {
        return name;
    }

    public String topic() {
        return name + ".intake";
    }

    public String events() {
        return name + ".events";
    }

    public String audit() {
        return name + ".audit";
    }

    public String secret() {
        return caller.get("/webhook-secret").expect(200).member("secret");
    }

    /** The first column of what a query finds. */
    public List<String> query(String sql) {
        try (Connection connection = DriverManager.getConnection(database, Services.USER, Services.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(String.valueOf(rows.getString(1)));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Why messages were refused, those that a sender calls so. */
    public List<String> refusals(String messageId) {
        return query("select reason from refused_messages where message_id = '" + messageId + "'");
    }

    /** The jobs of a message. */
    public List<String> jobs(String messageId) {
        return query("select id from jobs where message_id = '" + messageId + "'");
    }

    @Override
    public void close() {
        hub.closeAndForget();
    }
}
