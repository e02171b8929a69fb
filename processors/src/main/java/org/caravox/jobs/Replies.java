package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.transcription.Transcript;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the senders of messages are still to be told, in the queues and topics that they named. One that cannot be
 * delivered waits and is tried again, and does not hold up the others; its retries used up, it is given up.
 */
public final class Replies implements Outbox<Outgoing> {

    private record Due(Outgoing reply, int attempts, UUID job, String tenant) {}

    private static final Logger log = LoggerFactory.getLogger(Replies.class);
    /** Any numbers, the same in all hubs and different from those of other outboxes. */
    private static final long RABBITMQ_LOCK = 0x6361_7261_766f_7833L;

    private static final long KAFKA_LOCK = 0x6361_7261_766f_7834L;

    private static final int MOST = 100;

    private final Jdbi database;
    private final ObjectMapper json;
    private final Broker broker;
    private final List<Duration> retries;

    /** @param retries the waits between the attempts to deliver one */
    public Replies(Jdbi database, ObjectMapper json, Broker broker, List<Duration> retries) {
        this.database = database;
        this.json = json;
        this.broker = broker;
        this.retries = List.copyOf(retries);
    }

    @Override
    public int relay(Sender<Outgoing> sender) throws Exception {
        return database.<Integer, Exception>inTransaction(handle -> {
            if (!OutboxRows.locked(handle, broker == Broker.KAFKA ? KAFKA_LOCK : RABBITMQ_LOCK)) {
                return 0;
            }
            List<Due> due = due(handle);
            if (!due.isEmpty()) {
                Map<Long, String> undelivered = send(sender, due);
                OutboxRows.delete(
                        handle,
                        due.stream()
                                .filter(each ->
                                        !undelivered.containsKey(each.reply().seq())
                                                || each.attempts() >= retries.size())
                                .map(each -> each.reply().seq())
                                .toList());
                due.forEach(each -> {
                    String reason = undelivered.get(each.reply().seq());
                    if (reason != null) {
                        tryLater(handle, each, reason);
                    }
                });
            }
            return due.size();
        });
    }

    private static Map<Long, String> send(Sender<Outgoing> sender, List<Due> due) throws Exception {
        try {
            sender.send(due.stream().map(Due::reply).toList());
            return Map.of();
        } catch (Undelivered e) {
            return e.reasons();
        }
    }

    private void tryLater(Handle handle, Due due, String reason) {
        if (due.attempts() >= retries.size()) {
            log.warn(
                    "reply.given-up job={} tenant={} destination={} reason=\"{}\"",
                    due.job(),
                    due.tenant(),
                    due.reply().destination(),
                    reason);
            return;
        }
        handle.createUpdate(
                        """
                        update outbox set attempts = attempts + 1, error = :reason,
                               due_at = now() + :wait * interval '1 millisecond' where seq = :seq""")
                .bind("reason", reason)
                .bind("wait", retries.get(due.attempts()).toMillis())
                .bind("seq", due.reply().seq())
                .execute();
    }

    private List<Due> due(Handle handle) {
        return handle.createQuery(
                        """
                        select o.seq, o.event, o.tenant, o.job, o.type, o.destination, o.key, o.attempts, o.data,
                               j.request -> 'metadata' as metadata, t.content
                        from outbox o
                        left join jobs j on j.tenant = o.tenant and j.id = o.job
                        left join transcripts t on t.tenant = o.tenant and t.id = o.job and o.type = 'job.completed'
                        where o.target = :target and o.due_at <= now() order by o.seq limit :most""")
                .bind("target", broker.word())
                .bind("most", MOST)
                .map((row, context) -> new Due(
                        new Outgoing(
                                row.getLong("seq"),
                                row.getObject("event", UUID.class),
                                row.getString("type"),
                                row.getString("destination"),
                                row.getString("key"),
                                body(row)),
                        row.getInt("attempts"),
                        row.getObject("job", UUID.class),
                        row.getString("tenant")))
                .list();
    }

    private String body(ResultSet row) throws SQLException {
        try {
            JsonNode data = json.readTree(row.getString("data"));
            if (!data.has("jobId")) {
                return data.toString();
            }
            String content = row.getString("content");
            String metadata = row.getString("metadata");
            return json.writeValueAsString(JobEnd.of(
                    row.getObject("job", UUID.class),
                    data.path("status").asText(),
                    text(data, "userId"),
                    content == null ? null : json.readValue(content, Transcript.class),
                    text(data, "error"),
                    metadata == null ? null : json.readTree(metadata)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String text(JsonNode data, String name) {
        return data.path(name).textValue();
    }
}
