package org.caravox.queue;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the hub and Kafka stand with each other. A hub starts without it, and finds it when it comes. */
public final class KafkaBroker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaBroker.class);
    private static final Duration WITHIN = Duration.ofSeconds(4);

    private final Supplier<Properties> properties;
    private volatile Optional<String> problem = Optional.of("Kafka has not answered yet");
    private @Nullable Admin admin;

    /** @param properties those of a client; what is not for this one is left out */
    public KafkaBroker(Supplier<Properties> properties) {
        this.properties = properties;
    }

    /** What is wrong with it; empty when it answers. */
    public Optional<String> now() {
        return problem;
    }

    /** Looks how it is. */
    public void check() throws InterruptedException {
        Optional<String> before = problem;
        try {
            client().describeCluster().nodes().get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            problem = Optional.empty();
        } catch (ExecutionException e) {
            problem = Optional.of(sentence(e.getCause()));
        } catch (TimeoutException | KafkaException e) {
            problem = Optional.of(sentence(e));
        }
        if (!before.equals(problem)) {
            problem.ifPresentOrElse(what -> log.warn("kafka.down reason=\"{}\"", what), () -> log.info("kafka.up"));
        }
    }

    /**
     * Why there can be no record in some of these topics, by topic; it makes none.
     *
     * @throws IllegalStateException when Kafka does not say
     */
    Map<String, String> unusable(Collection<String> topics) throws InterruptedException {
        Map<String, String> reasons = new HashMap<>();
        Map<String, KafkaFuture<TopicDescription>> asked =
                client().describeTopics(List.copyOf(Set.copyOf(topics))).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
            try {
                topic.getValue().get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                reasons.put(topic.getKey(), reason(e.getCause()));
            } catch (TimeoutException e) {
                throw new IllegalStateException(sentence(e), e);
            }
        }
        return reasons;
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return "there is no topic of that name";
        }
        return permanent(cause).orElseThrow(() -> new IllegalStateException(sentence(cause), cause));
    }

    /** What Kafka has against a record or its topic, rather than a fault of its own. */
    static Optional<String> permanent(@Nullable Throwable cause) {
        return cause instanceof ApiException && !(cause instanceof RetriableException)
                ? Optional.of(String.valueOf(cause.getMessage()))
                : Optional.empty();
    }

    private static String sentence(@Nullable Throwable cause) {
        return "Kafka cannot be reached: "
                + (cause == null ? "" : cause.getClass().getSimpleName());
    }

    private synchronized Admin client() {
        if (admin == null) {
            Properties own = new Properties();
            properties.get().forEach((name, value) -> {
                if (AdminClientConfig.configNames().contains(String.valueOf(name))) {
                    own.put(name, value);
                }
            });
            own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(WITHIN.toMillis()));
            own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(WITHIN.toMillis()));
            admin = Admin.create(own);
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
