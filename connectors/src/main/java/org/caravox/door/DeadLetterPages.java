package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.jobs.DeadLetter;
import org.caravox.jobs.DeadLetterFilter;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.Fault;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Tenants;
import org.jspecify.annotations.Nullable;

/** {@code /dead-letters}: what was given up, and what its owner or an admin may do with it. */
public final class DeadLetterPages {

    private static final Set<String> LISTED =
            Set.of("tenant", "kind", "fault", "batch", "userId", "from", "to", "q", "cursor", "limit");
    private static final Set<String> CHOSEN =
            Set.of("tenant", "kind", "fault", "batch", "userId", "from", "to", "q", "all");

    private final DeadLetters letters;
    private final Tenants tenants;
    private final ObjectMapper json;

    public DeadLetterPages(DeadLetters letters, Tenants tenants, ObjectMapper json) {
        this.letters = letters;
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code GET /dead-letters}. */
    public void list(Exchange exchange) throws IOException {
        Fields fields = new Fields(Query.fields(BodyOnDemand.request(exchange)), LISTED, json);
        Query query = Query.of(fields);
        int limit = query.limit();
        List<DeadLetter> found =
                letters.list(filter(exchange, fields), Callers.caller(exchange).admin(), query.cursor(), limit + 1);
        Answers.write(json, exchange, 200, Page.of("deadLetters", found, limit, DeadLetter::id));
    }

    /** {@code POST /dead-letters/{id}/replay}. */
    public void replay(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 202, letters.replay(scope(exchange), id(exchange)));
    }

    /** {@code POST /dead-letters/replay} with the filter. */
    public void replayMany(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 202, letters.replay(chosen(exchange)));
    }

    /** {@code DELETE /dead-letters/{id}}. */
    public void discard(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, letters.discard(scope(exchange), id(exchange)));
    }

    /** {@code POST /dead-letters/discard} with the filter. */
    public void discardMany(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, letters.discard(chosen(exchange)));
    }

    /** A filter that was forgotten must not mean everything. */
    private DeadLetterFilter chosen(Exchange exchange) throws IOException {
        Fields fields = new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), CHOSEN, json);
        DeadLetterFilter filter = filter(exchange, fields);
        if (fields.flag("all") != filter.meansAll()) {
            throw Refusal.invalid(
                    filter.meansAll()
                            ? "say which dead letters are meant, by kind, fault, batch, userId, from, to or q; or"
                                    + " {\"all\": true}"
                            : "all goes with no other filter than tenant");
        }
        return filter;
    }

    private DeadLetterFilter filter(Exchange exchange, Fields fields) {
        String kind = fields.text("kind");
        String fault = fields.text("fault");
        Instant from = fields.time("from");
        Instant to = fields.time("to");
        if (from != null && to != null && from.isAfter(to)) {
            throw Refusal.invalid("from must be before to");
        }
        return new DeadLetterFilter(
                Callers.scope(exchange, fields.text("tenant"), tenants),
                kind == null ? null : DeadLetter.Kind.of(kind),
                fault == null ? null : Fault.of(fault),
                fields.id("batch"),
                fields.text("userId"),
                from,
                to,
                fields.text("q"));
    }

    private @Nullable String scope(Exchange exchange) {
        return Callers.scope(exchange, null, tenants);
    }

    private static UUID id(Exchange exchange) {
        return RequestIds.parse("dead letter", exchange.getMessage().getHeader("id", String.class));
    }
}
