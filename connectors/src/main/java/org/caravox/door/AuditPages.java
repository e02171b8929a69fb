package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.audit.AuditLog;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Tenants;

/** {@code /audit}: who changed what. */
public final class AuditPages {

    private static final Set<String> LISTED = Set.of("tenant", "act", "actor", "from", "to", "cursor", "limit");

    private final AuditLog log;
    private final Tenants tenants;
    private final ObjectMapper json;

    public AuditPages(AuditLog log, Tenants tenants, ObjectMapper json) {
        this.log = log;
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code GET /audit}: a tenant sees what was done to its own things, an admin sees all. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, LISTED, json);
        int limit = query.limit();
        Instant from = query.time("from");
        Instant to = query.time("to");
        if (from != null && to != null && from.isAfter(to)) {
            throw Refusal.invalid("from must be before to");
        }
        List<AuditLog.Entry> found = log.list(
                new AuditLog.Search(
                        Callers.scope(exchange, query.text("tenant"), tenants),
                        query.text("act"),
                        query.text("actor"),
                        from,
                        to,
                        query.cursor(),
                        limit + 1),
                Callers.caller(exchange).admin());
        Answers.write(json, exchange, 200, Page.of("acts", found, limit, AuditLog.Entry::id));
    }
}
