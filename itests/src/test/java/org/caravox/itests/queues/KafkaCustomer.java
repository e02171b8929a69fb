package org.caravox.itests.queues;

import com.standardwebhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** A customer at a broker of Kafka. */
public final class KafkaCustomer implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(90);

    private final Map<String, Object> client;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    public KafkaCustomer(String servers) {
        client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        admin = Admin.create(client);
        producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
    }

    /** Headers that a tenant has signed. */
    public static Map<String, String> signed(String tenant, String secret, String id, String body) throws Exception {
        long now = Instant.now().getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("caravox-tenant", tenant);
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(now));
        headers.put("webhook-signature", new Webhook(secret).sign(id, now, body));
        return headers;
    }

    /** Makes a topic. */
    public void topic(String name) throws Exception {
        admin.createTopics(Set.of(new NewTopic(name, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
    }

    public void send(String topic, Map<String, String> headers, String body) throws Exception {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, body);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        producer.send(record).get(20, TimeUnit.SECONDS);
    }

    /** All that a topic holds, once it is so many. */
    public List<Told> read(String topic, int atLeast) {
        List<Told> told = new ArrayList<>();
        Awaitility.await(atLeast + " records in " + topic).atMost(WITHIN).until(() -> {
            told.clear();
            told.addAll(read(topic));
            return told.size() >= atLeast;
        });
        return told;
    }

    /** All that a topic holds now. */
    public List<Told> read(String topic) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            Collection<TopicPartition> partitions = Set.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            long end = consumer.endOffsets(partitions).values().iterator().next();
            consumer.seekToBeginning(partitions);
            List<Told> told = new ArrayList<>();
            while (told.size() < end) {
                consumer.poll(Duration.ofMillis(500))
                        .forEach(record -> told.add(Told.of(String.valueOf(record.key()), record.value())));
            }
            return told;
        }
    }

    /** How many records of a topic a group has not committed yet. */
    public long lag(String group, String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        var committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(20, TimeUnit.SECONDS)
                .get(partition);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            long end =
                    consumer.endOffsets(Set.of(partition)).values().iterator().next();
            return end - (committed == null ? 0 : committed.offset());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        admin.close(Duration.ofSeconds(2));
    }
}
