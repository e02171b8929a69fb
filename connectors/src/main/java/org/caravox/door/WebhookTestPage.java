package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.Endpoint;
import org.caravox.deliveries.Endpoints;
import org.caravox.deliveries.Fault;
import org.caravox.deliveries.Outcome;
import org.caravox.deliveries.Samples;
import org.caravox.deliveries.Target;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** {@code POST /webhooks/{id}/test}: what is sent and signed there, and what comes back. */
public final class WebhookTestPage {

    private static final String DELIVERY = "delivery";
    private static final String SIGNED_AT = "signedAt";
    private static final String USUAL_TYPE = "job.completed";

    /** What was posted. */
    record Sent(String method, String url, Map<String, String> headers, String body) {}

    /** What the signatures are of. */
    record Signed(String content, int secrets) {}

    /** The answer. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tested(
            boolean arrived,
            Sent sent,
            Signed signed,
            long latencyMs,
            @Nullable Integer status,
            @Nullable String fault,
            @Nullable String error,
            @Nullable String response) {}

    private final Endpoints endpoints;
    private final Samples samples;
    private final ObjectMapper json;
    private final Clock clock;

    public WebhookTestPage(Endpoints endpoints, Samples samples, ObjectMapper json, Clock clock) {
        this.endpoints = endpoints;
        this.samples = samples;
        this.json = json;
        this.clock = clock;
    }

    /** Makes the sample, for whoever sends it. */
    public void prepare(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        UUID id = RequestIds.parse("webhook", exchange.getMessage().getHeader("id", String.class));
        endpoints.get(tenant, id);
        Fields body = new Fields(JsonBody.optionalFields(BodyOnDemand.request(exchange), json), Set.of("type"), json);
        String type = body.text("type");
        exchange.setProperty(DELIVERY, samples.of(tenant, id, type == null ? USUAL_TYPE : type));
        exchange.setProperty(SIGNED_AT, clock.instant());
    }

    /** Tells what came of it. */
    public void tell(Exchange exchange) throws IOException, InvalidPayloadException {
        Outcome outcome = exchange.getMessage().getMandatoryBody(Outcome.class);
        Delivery delivery = Objects.requireNonNull(exchange.getProperty(DELIVERY, Delivery.class));
        Instant at = Objects.requireNonNull(exchange.getProperty(SIGNED_AT, Instant.class));
        Target target = Objects.requireNonNull(delivery.target());
        Fault fault = outcome.fault();
        Answers.write(
                json,
                exchange,
                200,
                new Tested(
                        outcome.next() == Outcome.Next.DELIVERED,
                        new Sent(
                                target.method(), target.url().toString(), headers(delivery, target, at), target.body()),
                        new Signed(
                                delivery.message() + "." + at.getEpochSecond() + "." + target.body(),
                                target.secrets().size()),
                        Duration.between(at, clock.instant()).toMillis(),
                        outcome.status(),
                        fault == null ? null : fault.word(),
                        outcome.error(),
                        outcome.response()));
    }

    /** All but the values of the tenant's own that may be credentials. */
    private static Map<String, String> headers(Delivery delivery, Target target, Instant at) {
        Map<String, String> headers = new LinkedHashMap<>(target.signedHeaders(delivery.message(), at));
        headers.putAll(Endpoint.shown(target.headers()));
        return headers;
    }
}
