package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.deliveries.Endpoint;
import org.caravox.deliveries.Endpoints;
import org.caravox.deliveries.Endpoints.Again;
import org.caravox.deliveries.SigningSecret;
import org.caravox.events.Catalogue;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;

/** {@code /webhooks}: where a tenant's events are delivered to. Of what is not there, nothing else is told. */
public final class WebhookPages {

    private static final int LONGEST_SECRET = 256;

    private final Endpoints endpoints;
    private final EndpointFields fields;
    private final Catalogue catalogue;
    private final ObjectMapper json;

    public WebhookPages(Endpoints endpoints, EndpointFields fields, Catalogue catalogue, ObjectMapper json) {
        this.endpoints = endpoints;
        this.fields = fields;
        this.catalogue = catalogue;
        this.json = json;
    }

    /** {@code POST /webhooks}. */
    public void create(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        Set<String> known = new HashSet<>(EndpointFields.KNOWN);
        known.add("secret");
        Fields body = body(exchange, known);
        String secret = secret(body);
        Endpoint made = endpoints.create(tenant, fields.draft(body), secret);
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setHeader("Location", "/webhooks/" + made.id());
        Answers.write(json, exchange, 201, made);
    }

    private static String secret(Fields body) {
        String own = body.text("secret", LONGEST_SECRET);
        return own == null ? SigningSecret.next() : SigningSecret.check(own);
    }

    /** {@code GET /webhooks}. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("cursor", "limit"), json);
        int limit = query.limit();
        List<Endpoint> found = endpoints.list(Callers.tenant(exchange), query.cursor(), limit + 1);
        Answers.write(json, exchange, 200, Page.of("webhooks", found, limit, Endpoint::id));
    }

    /** {@code GET /webhooks/{id}}. */
    public void one(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, known(exchange));
    }

    /** {@code PATCH /webhooks/{id}}. */
    public void change(Exchange exchange) throws IOException {
        UUID id = known(exchange).id();
        Fields body = body(exchange, EndpointFields.KNOWN);
        Answers.write(json, exchange, 200, endpoints.change(Callers.tenant(exchange), id, fields.change(body)));
    }

    /** {@code DELETE /webhooks/{id}}. */
    public void delete(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, endpoints.delete(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code POST /webhooks/{id}/pause}. */
    public void pause(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, endpoints.pause(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code POST /webhooks/{id}/resume}, with {@code {"since"}} or nothing. */
    public void resume(Exchange exchange) throws IOException {
        UUID id = known(exchange).id();
        Instant since = optionalBody(exchange, Set.of("since")).time("since");
        Answers.write(json, exchange, 200, endpoints.resume(Callers.tenant(exchange), id, since));
    }

    /** {@code POST /webhooks/{id}/secret}, with {@code {"secret"}} or nothing. */
    public void rotate(Exchange exchange) throws IOException {
        UUID id = known(exchange).id();
        String secret = secret(optionalBody(exchange, Set.of("secret")));
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        Answers.write(json, exchange, 200, endpoints.rotate(Callers.tenant(exchange), id, secret));
    }

    /** {@code POST /webhooks/{id}/replay} with {@code {"since", "until", "types", "status"}}. */
    public void replay(Exchange exchange) throws IOException {
        UUID id = known(exchange).id();
        Fields body = body(exchange, Set.of("since", "until", "types", "status"));
        Instant since = body.time("since");
        if (since == null) {
            throw Refusal.invalid("since is missing: say from when on events are delivered again");
        }
        Instant until = body.time("until");
        if (until != null && since.isAfter(until)) {
            throw Refusal.invalid("since must be before until");
        }
        List<String> types = body.texts("types", catalogue.types().size());
        types.forEach(catalogue::check);
        String status = body.choice("status", List.of("failed", "delivered", "discarded"));
        Again which = new Again(since, until, types, status == null ? "failed" : status);
        Answers.write(json, exchange, 202, endpoints.replay(Callers.tenant(exchange), id, which));
    }

    private Endpoint known(Exchange exchange) {
        return endpoints.get(Callers.tenant(exchange), id(exchange));
    }

    private static UUID id(Exchange exchange) {
        return RequestIds.parse("webhook", exchange.getMessage().getHeader("id", String.class));
    }

    private Fields body(Exchange exchange, Set<String> known) throws IOException {
        return new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), known, json);
    }

    private Fields optionalBody(Exchange exchange, Set<String> known) throws IOException {
        return new Fields(JsonBody.optionalFields(BodyOnDemand.request(exchange), json), known, json);
    }
}
