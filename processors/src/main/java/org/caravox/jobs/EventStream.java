package org.caravox.jobs;

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

/** The events of all tenants, in their order, on their way to one topic. They are CloudEvents 1.0, in JSON. */
public final class EventStream implements Outbox<Outgoing> {

    /** Any number, the same in all hubs and different from those of other outboxes. */
    private static final long LOCK = 0x6361_7261_766f_7832L;

    private static final int MOST = 500;
    private static final String SOURCE = "caravox";

    record CloudEvent(
            String specversion,
            UUID id,
            String source,
            String type,
            String subject,
            Instant time,
            String datacontenttype,
            String tenant,
            @JsonRawValue String data) {}

    private final Jdbi database;
    private final ObjectMapper json;
    private final BooleanSupplier reachable;

    /** @param reachable whether the broker takes anything now */
    public EventStream(Jdbi database, ObjectMapper json, BooleanSupplier reachable) {
        this.database = database;
        this.json = json;
        this.reachable = reachable;
    }

    @Override
    public int relay(Sender<Outgoing> sender) throws Exception {
        if (!reachable.getAsBoolean()) {
            return 0;
        }
        return database.<Integer, Exception>inTransaction(handle -> {
            if (!OutboxRows.locked(handle, LOCK)) {
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
                        select seq, event, tenant, job, type, at, destination, key, data from outbox
                        where target = 'stream' order by seq limit :most""")
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
                    row.getString("job"),
                    row.getTimestamp("at").toInstant(),
                    "application/json",
                    row.getString("tenant"),
                    row.getString("data")));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
