package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What happened to all tenants, in its order, on its way to one topic: CloudEvents 1.0, in JSON. */
public final class EventStream implements Outbox<Outgoing> {

    /** What streams there are; the locks are any numbers, the same in all hubs and different from those of others. */
    public enum Kind {
        /** The events of jobs, transcripts and calls. */
        EVENTS("stream", 0x6361_7261_766f_7832L),
        /** Who changed what. */
        AUDIT("audit", 0x6361_7261_766f_7837L);

        private final String target;
        private final long lock;

        Kind(String target, long lock) {
            this.target = target;
            this.lock = lock;
        }
    }

    private static final int MOST = 500;
    private static final String SOURCE = "caravox";

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CloudEvent(
            String specversion,
            UUID id,
            String source,
            String type,
            @Nullable String subject,
            Instant time,
            String datacontenttype,
            @Nullable String tenant,
            @JsonRawValue String data) {}

    private final Jdbi database;
    private final ObjectMapper json;
    private final Kind kind;
    private final BooleanSupplier reachable;

    /** @param reachable whether the broker takes anything now */
    public EventStream(Jdbi database, ObjectMapper json, Kind kind, BooleanSupplier reachable) {
        this.database = database;
        this.json = json;
        this.kind = kind;
        this.reachable = reachable;
    }

    @Override
    public int relay(Sender<Outgoing> sender) throws Exception {
        if (!reachable.getAsBoolean()) {
            return 0;
        }
        return database.<Integer, Exception>inTransaction(handle -> {
            if (!OutboxRows.locked(handle, kind.lock)) {
                return 0;
            }
            List<Outgoing> events = due(handle);
            if (!events.isEmpty()) {
                sender.send(events);
                OutboxRows.delete(handle, events.stream().map(Outgoing::seq).toList());
            }
            return events.size();
        });
    }

    private List<Outgoing> due(Handle handle) {
        return handle.createQuery(
                        """
                        select seq, event, tenant, coalesce(subject, job::text) as subject, type, at, destination, key, data from outbox
                        where target = :target order by seq limit :most""")
                .bind("target", kind.target)
                .bind("most", MOST)
                .map((row, context) -> new Outgoing(
                        row.getLong("seq"),
                        row.getObject("event", UUID.class),
                        row.getString("type"),
                        row.getString("destination"),
                        row.getString("key"),
                        body(row)))
                .list();
    }

    private String body(ResultSet row) throws SQLException {
        try {
            return json.writeValueAsString(new CloudEvent(
                    "1.0",
                    row.getObject("event", UUID.class),
                    SOURCE,
                    row.getString("type"),
                    row.getString("subject"),
                    row.getTimestamp("at").toInstant(),
                    "application/json",
                    row.getString("tenant"),
                    row.getString("data")));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
