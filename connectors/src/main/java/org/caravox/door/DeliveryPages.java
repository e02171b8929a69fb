package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.deliveries.DeliveryLog.Entry;
import org.caravox.events.Catalogue;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** {@code /deliveries} and {@code /events/catalogue}: what is told, what came of it, and what may be done with it. */
public final class DeliveryPages {

    private static final Set<String> LISTED =
            Set.of("endpoint", "status", "event", "type", "subject", "from", "to", "cursor", "limit");
    private static final List<String> STATUSES = List.of("pending", "delivered", "failed", "discarded");

    /** The answer of the catalogue. */
    record Events(List<Catalogue.Entry> events) {}

    private final DeliveryLog deliveries;
    private final Catalogue catalogue;
    private final ObjectMapper json;

    public DeliveryPages(DeliveryLog deliveries, Catalogue catalogue, ObjectMapper json) {
        this.deliveries = deliveries;
        this.catalogue = catalogue;
        this.json = json;
    }

    /** {@code GET /events/catalogue}. */
    public void catalogue(Exchange exchange) throws IOException {
        Query.of(exchange, Set.of(), json);
        Answers.write(json, exchange, 200, new Events(catalogue.entries()));
    }

    /** {@code GET /deliveries}. */
    public void list(Exchange exchange) throws IOException {
        Fields fields = new Fields(Query.fields(BodyOnDemand.request(exchange)), LISTED, json);
        Query query = Query.of(fields);
        int limit = query.limit();
        String type = fields.text("type");
        Instant from = fields.time("from");
        Instant to = fields.time("to");
        if (from != null && to != null && from.isAfter(to)) {
            throw Refusal.invalid("from must be before to");
        }
        List<Entry> found = deliveries.list(
                Callers.tenant(exchange),
                new DeliveryLog.Search(
                        fields.id("endpoint"),
                        fields.choice("status", STATUSES),
                        event(fields.text("event")),
                        type == null ? null : catalogue.check(type),
                        fields.id("subject"),
                        from,
                        to,
                        query.cursor(),
                        limit + 1));
        Answers.write(json, exchange, 200, Page.of("deliveries", found, limit, Entry::id));
    }

    private static @Nullable UUID event(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String bare =
                text.startsWith(DeliveryLog.EVENT_PREFIX) ? text.substring(DeliveryLog.EVENT_PREFIX.length()) : text;
        try {
            return RequestIds.parse("event", bare);
        } catch (Refusal e) {
            throw Refusal.invalid("event must be an id like evt_0190163d-8694-739b-aea5-966c26f8ad90");
        }
    }

    /** {@code GET /deliveries/{id}}. */
    public void one(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, deliveries.get(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code POST /deliveries/{id}/replay}. */
    public void replay(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 202, deliveries.replay(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code POST /deliveries/{id}/discard}. */
    public void discard(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, deliveries.discard(Callers.tenant(exchange), id(exchange)));
    }

    private static UUID id(Exchange exchange) {
        return RequestIds.parse("delivery", exchange.getMessage().getHeader("id", String.class));
    }
}
