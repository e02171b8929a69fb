package org.caravox.itests.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.caravox.itests.services.ServicesCommand.Ran;

/**
 * PostgreSQL, RabbitMQ and Kafka, as {@code ./hub services} starts them: one set for all tests of a JVM, started when
 * first asked for. A test that takes a server down brings it back; what it keeps there is in a database, a virtual host
 * or topics of its own.
 */
public final class Services {

    /** User and password of PostgreSQL and RabbitMQ; Kafka asks for none. */
    public static final String USER = "caravox";

    public static final String PASSWORD = "caravox";

    private static final int FIRST_BASE_PORT = 27400;
    private static final int PORTS = 10;

    private final ServicesCommand command;
    private final int basePort;

    /** Tests run in several processes at a time, numbered from 1, each with services of its own. */
    private static final int PROCESS = Integer.getInteger("tests.process", 1);

    /** Where the services of this process are. */
    static final Path FOLDER = Path.of("target/services-" + PROCESS).toAbsolutePath();

    private Services(ServicesCommand command, int basePort) {
        this.command = command;
        this.basePort = basePort;
    }

    private static final class Installed {
        private static final ServicesCommand COMMAND = new ServicesCommand(FOLDER);
        private static final Ran RAN = COMMAND.run("install");
    }

    private static final class Running {
        private static final Services SERVICES = start();

        private static Services start() {
            int basePort = freeBasePort();
            Installed.COMMAND.run("remove"); // what a run before this one left, if it was killed
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Installed.COMMAND.run("stop")));
            Installed.COMMAND.succeed("start", "--base-port", Integer.toString(basePort));
            return new Services(Installed.COMMAND, basePort);
        }
    }

    /** Whether they can be had here; {@link #running} skips the test if not, and says why. */
    public static boolean available() {
        return Installed.RAN.status() == 0;
    }

    /** All of them, running; without them, skips the test. */
    public static Services running() {
        assumeTrue(available(), () -> "no PostgreSQL, RabbitMQ and Kafka: " + Installed.RAN.printed());
        return Running.SERVICES;
    }

    /** Starts one that was stopped or killed, and waits until it answers. */
    public void start(Service service) {
        command.succeed("start", service.id());
    }

    /** Stops one in order. */
    public void stop(Service service) {
        command.succeed("stop", service.id());
    }

    /** SIGKILL, to all processes of one. */
    public void kill(Service service) {
        command.succeed("kill", service.id());
    }

    /** Where one listens, on 127.0.0.1. */
    public int port(Service service) {
        return service.port(basePort);
    }

    /** The address of a database, for JDBC. */
    public String jdbcUrl(String database) {
        return jdbcUrl(port(Service.POSTGRESQL), database);
    }

    /** The same by another port, a {@link Cable}'s. */
    public static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** An empty database of that name, in place of the one that may have had it; returns its address for JDBC. */
    public String createDatabase(String name) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
            statement.execute("CREATE DATABASE \"" + name + "\"");
            return jdbcUrl(name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot make the database " + name, e);
        }
    }

    /** An empty virtual host of RabbitMQ, in place of the one that may have had the name; returns the name. */
    public String createVirtualHost(String name) {
        command.run("rabbitmqctl", "delete_vhost", name);
        command.succeed("rabbitmqctl", "add_vhost", name);
        command.succeed("rabbitmqctl", "set_permissions", "-p", name, USER, ".*", ".*", ".*");
        return name;
    }

    /** RabbitMQ's own tool; returns what it printed. */
    public String rabbitmqctl(String... arguments) {
        return command.succeed("rabbitmqctl", arguments);
    }

    /** Where Kafka's clients begin. */
    public String kafkaServers() {
        return "127.0.0.1:" + port(Service.KAFKA);
    }

    /**
     * A cable to Kafka. Its port is always the same, because the broker tells the clients that come through the cable to
     * come that way again; so there is one at a time.
     */
    public Cable kafkaCable() {
        return Cable.to(basePort + 6, basePort + 7);
    }

    private static int freeBasePort() {
        return IntStream.range(0, 100)
                .map(i -> FIRST_BASE_PORT + (PROCESS - 1) * 100 * PORTS + i * PORTS)
                .filter(base -> IntStream.range(base, base + PORTS).allMatch(Services::isFree))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
