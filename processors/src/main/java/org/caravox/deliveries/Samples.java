package org.caravox.deliveries;

import java.net.URI;
import java.time.Clock;
import java.util.UUID;
import org.caravox.events.Catalogue;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;

/** Deliveries of examples: made as those of events are, but kept nowhere. */
public final class Samples {

    private final Endpoints endpoints;
    private final Catalogue catalogue;
    private final Clock clock;

    public Samples(Endpoints endpoints, Catalogue catalogue, Clock clock) {
        this.endpoints = endpoints;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /**
     * The example of a type, for an endpoint.
     *
     * @throws Refusal NOT_FOUND; INVALID when there is no such type
     */
    public Delivery of(String tenant, UUID endpoint, String type) {
        EndpointDraft to = endpoints.draft(tenant, endpoint);
        UUID subject = RequestIds.next();
        Envelope envelope = new Envelope(
                "evt_" + RequestIds.next(),
                type,
                subject.toString(),
                clock.instant(),
                tenant,
                catalogue.sample(type).path("data").toString());
        return new Delivery(
                RequestIds.next(),
                tenant,
                endpoint,
                Delivery.Kind.WEBHOOK,
                null,
                endpoint.toString(),
                envelope.id(),
                type,
                subject,
                1,
                envelope.whole(),
                target(to, endpoint, envelope));
    }

    private Target target(EndpointDraft to, UUID endpoint, Envelope envelope) {
        boolean cloudEvents = to.format().equals("cloudevents");
        return new Target(
                URI.create(to.url()),
                "POST",
                to.headers(),
                endpoints.secrets(endpoint),
                to.signatures().contains("v1a"),
                to.auth() == null ? null : to.auth().toString(),
                cloudEvents ? Envelope.CLOUD_EVENT : Envelope.JSON,
                cloudEvents ? envelope.cloudEvent() : envelope.standard());
    }
}
