package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.live.LiveSessions;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Tenants;

/** {@code /streams}: who is speaking now. */
public final class StreamPages {

    private static final Set<String> LISTED = Set.of("tenant");

    private final LiveSessions sessions;
    private final Tenants tenants;
    private final ObjectMapper json;

    public StreamPages(LiveSessions sessions, Tenants tenants, ObjectMapper json) {
        this.sessions = sessions;
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code GET /streams}. */
    public void list(Exchange exchange) throws IOException {
        String tenant = Query.of(exchange, LISTED, json).text("tenant");
        Answers.write(json, exchange, 200, Map.of("streams", sessions.list(Callers.scope(exchange, tenant, tenants))));
    }

    /** {@code DELETE /streams/{id}}: its client is told, and what was said is stored. */
    public void close(Exchange exchange) throws IOException {
        UUID id = RequestIds.parse("stream", exchange.getMessage().getHeader("id", String.class));
        sessions.close(Callers.scope(exchange, null, tenants), id);
        Answers.write(json, exchange, 200, Map.of("id", id));
    }
}
