package org.caravox.door.queue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.caravox.door.JsonBody;
import org.caravox.door.RequestFields;
import org.caravox.jobs.Broker;
import org.caravox.jobs.DatabaseAway;
import org.caravox.jobs.Endings;
import org.caravox.jobs.JobAcceptance;
import org.caravox.jobs.Jobs;
import org.caravox.jobs.MessageReplay;
import org.caravox.jobs.QueueMessage;
import org.caravox.jobs.RefusedMessage;
import org.caravox.jobs.RefusedMessages;
import org.caravox.jobs.RefusedMessages.Refused;
import org.caravox.jobs.RefusedMessages.ReplyTo;
import org.caravox.jobs.Submission;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.DoorNotes;
import org.caravox.transcription.Mode;
import org.caravox.transcription.TranscriptionRequest;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages in. Each becomes one job, however often it is delivered, or is written down as refused, with the
 * reason: either way it is done with. While the database is away, or jobs cannot be taken on, messages wait.
 */
public final class QueueIntake implements MessageReplay {

    private static final Logger log = LoggerFactory.getLogger(QueueIntake.class);
    /** What AMQP holds in a correlation id. */
    private static final int LONGEST_ID = 255;

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    /** What a message turned out to be, as far as it could be read. */
    private static final class Reading {
        private @Nullable String tenant;
        private @Nullable String messageId;
        private @Nullable ReplyTo replyTo;
    }

    private final Senders senders;
    private final ReplyAddresses replies;
    private final RequestFields fields;
    private final Jobs jobs;
    private final JobAcceptance acceptance;
    private final RefusedMessages refused;
    private final ObjectMapper json;
    private final int largest;
    private final Retry patience;
    private final Clock clock;

    /**
     * The intake.
     *
     * @param largest  how many bytes a message may have
     * @param patience how the database is waited for
     */
    public QueueIntake(
            Senders senders,
            ReplyAddresses replies,
            RequestFields fields,
            Jobs jobs,
            JobAcceptance acceptance,
            RefusedMessages refused,
            ObjectMapper json,
            int largest,
            RetryConfig patience,
            Clock clock) {
        this.senders = senders;
        this.replies = replies;
        this.fields = fields;
        this.jobs = jobs;
        this.acceptance = acceptance;
        this.refused = refused;
        this.json = json;
        this.largest = largest;
        this.patience = Retry.of(
                "intake", RetryConfig.from(patience).retryOnException(e -> true).build());
        this.clock = clock;
    }

    /** A message of RabbitMQ's. */
    public void fromRabbitMq(Exchange exchange) {
        Message in = exchange.getMessage();
        Map<String, String> headers = headers(in);
        put(headers, IntakeHeaders.USER, in.getHeader(SpringRabbitMQConstants.USER_ID));
        put(headers, IntakeHeaders.MESSAGE_ID, in.getHeader(SpringRabbitMQConstants.MESSAGE_ID));
        put(headers, IntakeHeaders.REPLY_TO, in.getHeader(SpringRabbitMQConstants.REPLY_TO));
        put(headers, IntakeHeaders.CORRELATION_ID, in.getHeader(SpringRabbitMQConstants.CORRELATION_ID));
        take(new QueueMessage(
                Broker.RABBITMQ,
                ((SpringRabbitMQEndpoint) exchange.getFromEndpoint()).getQueues(),
                headers,
                body(in.getBody())));
    }

    /** A record of Kafka's. */
    public void fromKafka(Exchange exchange) {
        Message in = exchange.getMessage();
        take(new QueueMessage(
                Broker.KAFKA, in.getHeader(KafkaConstants.TOPIC, "", String.class), headers(in), body(in.getBody())));
    }

    private static Map<String, String> headers(Message in) {
        Map<String, String> headers = new HashMap<>();
        IntakeHeaders.IN.forEach(name -> put(headers, name, in.getHeader(name)));
        return headers;
    }

    private static void put(Map<String, String> headers, String name, @Nullable Object value) {
        if (value instanceof byte[] bytes) {
            headers.put(name, new String(bytes, StandardCharsets.UTF_8));
        } else if (value != null) {
            headers.put(name, value.toString());
        }
    }

    private static ByteBuffer body(@Nullable Object body) {
        return ByteBuffer.wrap(body instanceof byte[] bytes ? bytes : new byte[0]);
    }

    private void take(QueueMessage message) {
        patience.executeRunnable(() -> {
            acceptance.check();
            Reading reading = new Reading();
            try {
                jobs.submit(read(message, reading));
            } catch (Refusal e) {
                refuse(message, reading, e.getMessage());
            } catch (RuntimeException | IOException e) {
                if (DatabaseAway.is(e)) {
                    throw e instanceof RuntimeException away ? away : new UncheckedIOException((IOException) e);
                }
                log.error("intake.failed broker={} origin={}", message.broker().word(), message.origin(), e);
                refuse(message, reading, "the hub could not read it; its log says why");
            }
        });
    }

    @Override
    public Optional<Refusal> replay(Handle handle, RefusedMessage again) {
        try {
            Reading reading = new Reading();
            Submission submission = read(message(again), reading);
            if (again.tenant() != null && !again.tenant().equals(reading.tenant)) {
                return Optional.of(new Refusal(
                        Refusal.Reason.CONFLICT, "message " + again.id() + " would be another tenant's by now"));
            }
            jobs.submit(handle, List.of(submission));
            return Optional.empty();
        } catch (Refusal e) {
            return Optional.of(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QueueMessage message(RefusedMessage again) throws IOException {
        return new QueueMessage(
                Broker.of(again.source()),
                again.origin(),
                json.readValue(again.headers(), HEADERS),
                ByteBuffer.wrap(again.body()));
    }

    private Submission read(QueueMessage message, Reading reading) throws IOException {
        String tenant = senders.tenant(message);
        reading.tenant = tenant;
        String messageId = messageId(message);
        message.header(IntakeHeaders.CORRELATION_ID).ifPresent(id -> check("correlation id", id));
        reading.messageId = messageId;
        reading.replyTo = replies.of(message, tenant, messageId).orElse(null);
        TranscriptionRequest request = request(message, tenant);
        TranscriptionRequest noted = reading.replyTo == null ? request : request.withDoor(notes(reading.replyTo));
        return new Submission(noted, null, null, messageId);
    }

    /** What is signed counts before what is not. */
    private static String messageId(QueueMessage message) {
        boolean signed = message.header(IntakeHeaders.SIGNATURE).isPresent();
        Optional<String> property = message.header(IntakeHeaders.MESSAGE_ID);
        Optional<String> header = message.header(IntakeHeaders.WEBHOOK_ID);
        String id = (signed ? header : property.or(() -> header))
                .orElseThrow(() -> Refusal.invalid(
                        "it has no id: set the property message-id or the header " + IntakeHeaders.WEBHOOK_ID));
        check("id", id);
        return id;
    }

    private static void check(String what, String id) {
        if (id.getBytes(StandardCharsets.UTF_8).length > LONGEST_ID
                || id.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid(
                    "its " + what + " must have up to " + LONGEST_ID + " bytes, and no control character");
        }
    }

    private TranscriptionRequest request(QueueMessage message, String tenant) throws IOException {
        if (message.body().remaining() > largest) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE,
                    "it has " + message.body().remaining() + " bytes; " + largest + " are allowed");
        }
        TranscriptionRequest request =
                fields.read(RequestIds.next(), tenant, JsonBody.fields(message.bytes(largest), json));
        if (request.mode() != null && request.mode() != Mode.ASYNC) {
            throw Refusal.invalid("mode must be async or left out: what comes by a queue becomes a job");
        }
        return request;
    }

    private DoorNotes notes(ReplyTo replyTo) {
        ObjectNode notes = json.createObjectNode()
                .put("target", replyTo.broker().word())
                .put("destination", replyTo.destination())
                .put("key", replyTo.key());
        return new DoorNotes(Endings.QUEUE_FORM, notes);
    }

    private void refuse(QueueMessage message, Reading reading, String reason) {
        refused.keep(
                new Refused(RequestIds.next(), reading.tenant, reading.messageId, reason, message, clock.instant()),
                reading.replyTo);
        log.warn(
                "intake.refused broker={} origin={} tenant={} reason=\"{}\"",
                message.broker().word(),
                message.origin(),
                reading.tenant,
                reason);
    }
}
