package org.caravox.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.caravox.jobs.Outgoing;
import org.caravox.jobs.Undelivered;
import org.jspecify.annotations.Nullable;

/** Puts replies into the topics of Kafka that their readers have made. */
public final class KafkaReplies implements AutoCloseable {

    private static final int BLOCKED_AT_MOST_MS = 5_000;
    private static final int DELIVERED_WITHIN_MS = 10_000;
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(2);

    private record Sent(Outgoing reply, Future<RecordMetadata> record) {}

    private final KafkaBroker broker;
    private final Supplier<Properties> properties;
    private @Nullable Producer<String, String> producer;

    /** @param properties those of a producer */
    public KafkaReplies(KafkaBroker broker, Supplier<Properties> properties) {
        this.broker = broker;
        this.properties = properties;
    }

    /**
     * Publishes them; returns once Kafka has confirmed them all.
     *
     * @throws Undelivered naming those that it did not take, mostly because there is no such topic
     */
    public void publish(@Body List<Outgoing> replies) throws Undelivered, InterruptedException {
        Map<String, String> unusable =
                broker.unusable(replies.stream().map(Outgoing::destination).toList());
        Map<Long, String> reasons = new HashMap<>();
        List<Sent> sent = new ArrayList<>(replies.size());
        for (Outgoing reply : replies) {
            String reason = unusable.get(reply.destination());
            if (reason == null) {
                sent.add(new Sent(reply, producer().send(record(reply))));
            } else {
                reasons.put(reply.seq(), reason);
            }
        }
        producer().flush();
        for (Sent each : sent) {
            confirm(each, reasons);
        }
        if (!reasons.isEmpty()) {
            throw new Undelivered(reasons);
        }
    }

    private static void confirm(Sent sent, Map<Long, String> reasons) throws InterruptedException {
        try {
            sent.record().get();
        } catch (ExecutionException e) {
            reasons.put(
                    sent.reply().seq(),
                    KafkaBroker.permanent(e.getCause())
                            .orElseThrow(() -> new IllegalStateException("Kafka did not confirm a reply", e)));
        }
    }

    private static ProducerRecord<String, String> record(Outgoing reply) {
        ProducerRecord<String, String> record = new ProducerRecord<>(reply.destination(), reply.key(), reply.body());
        record.headers().add("content-type", bytes("application/json"));
        record.headers().add("caravox-event-id", bytes(reply.id().toString()));
        record.headers().add("caravox-event-type", bytes(reply.type()));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private synchronized Producer<String, String> producer() {
        if (producer == null) {
            Properties own = new Properties();
            own.putAll(properties.get());
            own.put(ProducerConfig.ACKS_CONFIG, "all");
            own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
            own.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCKED_AT_MOST_MS);
            own.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, BLOCKED_AT_MOST_MS);
            own.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERED_WITHIN_MS);
            producer = new KafkaProducer<>(own, new StringSerializer(), new StringSerializer());
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(CLOSED_WITHIN);
            producer = null;
        }
    }
}
