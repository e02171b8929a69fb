package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.kafka.clients.CommonClientConfigs;
import org.caravox.jobs.Broker;
import org.caravox.jobs.EventStream;
import org.caravox.jobs.Replies;
import org.caravox.queue.KafkaBroker;
import org.caravox.queue.KafkaRecords;
import org.caravox.queue.KafkaReplies;
import org.jdbi.v3.core.Jdbi;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Events to Kafka, and messages from there. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${caravox.kafka.brokers:}'.isBlank()")
class KafkaConfiguration {

    /** As {@code camel.component.kafka} says for all clients: how to sign in, certificates and the like. */
    private static Supplier<Properties> properties(CamelContext camel, CaravoxSettings settings) {
        return () -> {
            Properties properties = camel.getComponent("kafka", KafkaComponent.class)
                    .getConfiguration()
                    .createProducerProperties();
            properties.put(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    settings.kafka().brokers());
            return properties;
        };
    }

    @Bean
    KafkaBroker kafkaBroker(CamelContext camel, CaravoxSettings settings) {
        return new KafkaBroker(properties(camel, settings));
    }

    @Bean
    EventStream eventStream(Jdbi database, ObjectMapper json, KafkaBroker broker) {
        return new EventStream(
                database, json, EventStream.Kind.EVENTS, () -> broker.now().isEmpty());
    }

    @Bean
    EventStream auditStream(Jdbi database, ObjectMapper json, KafkaBroker broker) {
        return new EventStream(
                database, json, EventStream.Kind.AUDIT, () -> broker.now().isEmpty());
    }

    @Bean
    KafkaRecords kafkaRecords(ObjectMapper json) {
        return new KafkaRecords(json);
    }

    @Bean
    Replies repliesByKafka(Jdbi database, ObjectMapper json, CaravoxSettings settings) {
        return new Replies(database, json, Broker.KAFKA, settings.intake().replyRetries());
    }

    @Bean
    KafkaReplies kafkaReplies(KafkaBroker broker, CamelContext camel, CaravoxSettings settings) {
        return new KafkaReplies(broker, properties(camel, settings));
    }

    /** Offsets are committed when the records before them are done with. */
    @Bean
    DefaultKafkaManualCommitFactory kafkaCommits() {
        return new DefaultKafkaManualCommitFactory();
    }

    /** What is to be sent waits in the database: a hub without Kafka is not ill. */
    @Bean
    HealthIndicator kafkaHealthIndicator(KafkaBroker broker) {
        return () -> broker.now()
                .map(problem ->
                        Health.status("DEGRADED").withDetail("kafka", problem).build())
                .orElseGet(() -> Health.up().build());
    }
}
