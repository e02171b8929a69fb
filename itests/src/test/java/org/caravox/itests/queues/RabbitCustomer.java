package org.caravox.itests.queues;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.caravox.itests.services.Service;
import org.caravox.itests.services.Services;

/** A customer at a virtual host of RabbitMQ, as its user {@code caravox}. */
public final class RabbitCustomer implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(90);

    private final Connection connection;
    private final Channel channel;

    public RabbitCustomer(Services services, String virtualHost) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(services.port(Service.RABBITMQ));
        factory.setUsername(Services.USER);
        factory.setPassword(Services.PASSWORD);
        factory.setVirtualHost(virtualHost);
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    /** Properties that RabbitMQ vouches for. */
    public static BasicProperties.Builder known(String messageId) {
        return new BasicProperties.Builder().userId(Services.USER).messageId(messageId);
    }

    /** Makes a queue. */
    public String queue(String name) throws IOException {
        return channel.queueDeclare(name, true, false, false, Map.of()).getQueue();
    }

    /** Publishes a message to the hub's exchange, and waits for the broker's word. */
    public void send(String exchange, BasicProperties properties, String body) throws Exception {
        channel.basicPublish(exchange, "", properties, body.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(WITHIN.toMillis());
    }

    /** The next message of a queue, once there is one. */
    public Told next(String queue) {
        return Awaitility.await("a message in " + queue)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> look(queue), Optional::isPresent)
                .orElseThrow();
    }

    /** The next message of a queue, if there is one. */
    public Optional<Told> look(String queue) throws IOException {
        GetResponse got = channel.basicGet(queue, true);
        return Optional.ofNullable(got)
                .map(message -> Told.of(
                        String.valueOf(message.getProps().getCorrelationId()),
                        new String(message.getBody(), StandardCharsets.UTF_8)));
    }

    /** How many messages wait in a queue. */
    public long waiting(String queue) throws IOException {
        return channel.messageCount(queue);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
