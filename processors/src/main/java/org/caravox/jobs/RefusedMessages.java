package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The messages that came by a queue and could not become jobs, with the reason: whole, or the first 64 KB. */
public final class RefusedMessages {

    private static final String NUL = "\0";
    private static final int LARGEST_KEPT = 64 * 1024;

    /**
     * One of them.
     *
     * @param tenant    whose it is; null when that cannot be told
     * @param messageId what its sender calls it; null when it does not say
     */
    public record Refused(
            UUID id,
            @Nullable String tenant,
            @Nullable String messageId,
            String reason,
            QueueMessage message,
            Instant at) {}

    /** Where the sender wants to be told. */
    public record ReplyTo(Broker broker, String destination, @Nullable String key) {}

    private final Jdbi database;
    private final ObjectMapper json;

    public RefusedMessages(Jdbi database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /** Writes one down, and that its sender is to be told. */
    public void keep(Refused refused, @Nullable ReplyTo replyTo) {
        database.useTransaction(handle -> {
            insert(handle, refused);
            if (replyTo != null && refused.tenant() != null) {
                tell(handle, refused, replyTo);
            }
        });
    }

    private void insert(Handle handle, Refused refused) {
        handle.createUpdate(
                        """
                        insert into refused_messages (id, tenant, source, origin, message_id, reason, headers, body, at)
                        values (:id, :tenant, :source, :origin, :messageId, :reason, cast(:headers as jsonb), :body, :at)
                        on conflict do nothing""")
                .bind("id", refused.id())
                .bind("tenant", refused.tenant())
                .bind("source", refused.message().broker().word())
                .bind("origin", refused.message().origin())
                .bind("messageId", storable(refused.messageId()))
                .bind("reason", storable(refused.reason()))
                .bind("headers", headers(refused.message()))
                .bind("body", refused.message().bytes(LARGEST_KEPT))
                .bind("at", refused.at())
                .execute();
    }

    private void tell(Handle handle, Refused refused, ReplyTo replyTo) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("status", "refused");
        data.put("messageId", storable(refused.messageId()));
        data.put("error", storable(refused.reason()));
        handle.createUpdate(
                        """
                        insert into outbox (event, tenant, job, type, target, destination, key, data)
                        values (:id, :tenant, :id, 'message.refused', :target, :destination, :key,
                                jsonb_strip_nulls(cast(:data as jsonb)))""")
                .bind("id", refused.id())
                .bind("tenant", refused.tenant())
                .bind("target", replyTo.broker().word())
                .bind("destination", replyTo.destination())
                .bind("key", storable(replyTo.key()))
                .bind("data", write(data))
                .execute();
    }

    private String headers(QueueMessage message) {
        Map<String, String> headers = new LinkedHashMap<>();
        message.headers().forEach((name, value) -> headers.put(name, value.replace(NUL, "")));
        return write(headers);
    }

    /** PostgreSQL's texts hold everything but this. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace(NUL, "");
    }

    private String write(Map<String, ?> value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
