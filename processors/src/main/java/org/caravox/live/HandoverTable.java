package org.caravox.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions that hubs have left for each other, in PostgreSQL; those that nobody comes back to are stored. */
public final class HandoverTable implements Handovers {

    private static final Logger log = LoggerFactory.getLogger(HandoverTable.class);

    private record Leased(UUID id, String tenant, String content) {}

    private final Jdbi database;
    private final ObjectMapper json;
    private final LiveSteps steps;

    /** @param steps store what was said */
    public HandoverTable(Jdbi database, ObjectMapper json, LiveSteps steps) {
        this.database = database;
        this.json = json;
        this.steps = steps;
    }

    @Override
    public void keep(LiveHandover handover) {
        LiveRequest request = handover.request();
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into live_handovers (session_id, tenant, content, expires_at)
                        values (:id, :tenant, cast(:content as json), now() + :waits * interval '1 millisecond')
                        on conflict (session_id) do update
                        set content = excluded.content, expires_at = excluded.expires_at
                        """)
                .bind("id", request.id())
                .bind("tenant", request.tenant())
                .bind("content", write(handover))
                .bind("waits", handover.waits().toMillis())
                .execute());
    }

    @Override
    public Optional<LiveHandover> claim(String tenant, UUID id) {
        return database.inTransaction(handle -> handle.createQuery(
                        """
                        delete from live_handovers
                        where session_id = :id and tenant = :tenant and expires_at > now()
                        returning content
                        """)
                .bind("id", id)
                .bind("tenant", tenant)
                .mapTo(String.class)
                .findOne()
                .map(this::read)); // what cannot be read stays
    }

    /** Stores what was said in sessions whose clients did not come back. Of several hubs one does so for each. */
    public void storeExpired() {
        Optional<Leased> next = lease();
        while (next.isPresent()) {
            store(next.get());
            next = lease();
        }
    }

    /** One that fails is tried again when its lease is over; storing it twice changes nothing. */
    private Optional<Leased> lease() {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        update live_handovers set leased_until = now() + interval '1 minute'
                        where session_id = (
                          select session_id from live_handovers
                          where expires_at <= now() and (leased_until is null or leased_until < now())
                          order by expires_at limit 1 for update skip locked)
                        returning session_id, tenant, content
                        """)
                .map((row, context) -> new Leased(
                        row.getObject("session_id", UUID.class), row.getString("tenant"), row.getString("content")))
                .findOne());
    }

    private void store(Leased leased) {
        LiveHandover handover;
        try {
            handover = read(leased.content());
        } catch (UncheckedIOException e) {
            log.error("live.handover.unreadable session={} tenant={}", leased.id(), leased.tenant(), e);
            setAside(leased);
            return;
        }
        store(handover);
    }

    /** A hub of a later version may be able to read it: it is looked at now and then, and after a week no more. */
    private void setAside(Leased unreadable) {
        database.useHandle(handle -> {
            int gone = handle.createUpdate(
                            """
                            delete from live_handovers
                            where session_id = :id and tenant = :tenant and expires_at < now() - interval '7 days'
                            """)
                    .bind("id", unreadable.id())
                    .bind("tenant", unreadable.tenant())
                    .execute();
            if (gone > 0) {
                log.error("live.transcript.lost session={} tenant={}", unreadable.id(), unreadable.tenant());
                return;
            }
            handle.createUpdate(
                            """
                            update live_handovers set leased_until = now() + interval '1 hour'
                            where session_id = :id and tenant = :tenant
                            """)
                    .bind("id", unreadable.id())
                    .bind("tenant", unreadable.tenant())
                    .execute();
        });
    }

    private void store(LiveHandover handover) {
        LiveRequest request = handover.request();
        try {
            handover.unsaid().forEach(utterance -> steps.uttered(request, utterance));
            steps.ended(handover.record());
        } catch (RuntimeException e) {
            log.error("live.transcript.waits session={}", request.id(), e);
            return;
        }
        database.useHandle(
                handle -> handle.createUpdate("delete from live_handovers where session_id = :id and tenant = :tenant")
                        .bind("id", request.id())
                        .bind("tenant", request.tenant())
                        .execute());
    }

    private String write(LiveHandover handover) {
        try {
            return json.writeValueAsString(handover);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LiveHandover read(String content) {
        try {
            return json.readValue(content, LiveHandover.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
