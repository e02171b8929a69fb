package org.caravox.door.live;

import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.caravox.live.LiveRecord;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSteps;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.SessionPins;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;

/** Has the routes of {@code routes/live} do what is to be done about a stream. */
public final class LiveRoutes implements LiveSteps {

    private static final String PROVIDER = "provider";
    private static final String MODEL = "model";
    private static final String LANGUAGE = "language";

    private final ProducerTemplate routes;
    private final SessionPins versions;

    public LiveRoutes(ProducerTemplate routes, SessionPins versions) {
        this.routes = routes;
        this.versions = versions;
    }

    @Override
    public LiveRequest opened(LiveRequest request) {
        versions.begin(request.id(), request.tenant());
        Exchange done = opening(request);
        return request.choosing(
                done.getProperty(PROVIDER, String.class),
                done.getProperty(MODEL, String.class),
                done.getProperty(LANGUAGE, String.class));
    }

    private Exchange opening(LiveRequest request) {
        try {
            return send("direct:stream-opened", request, request);
        } catch (RuntimeException e) {
            versions.end(request.id());
            throw e;
        }
    }

    @Override
    public void uttered(LiveRequest request, Utterance utterance) {
        send("direct:utterance-final", request, utterance);
    }

    @Override
    public Transcript ended(LiveRecord ended) {
        Transcript stored =
                send("direct:stream-ended", ended.request(), ended).getMessage().getBody(Transcript.class);
        if (stored == null) {
            throw new IllegalStateException("the route stream-ended must end with the transcript as its body");
        }
        return stored;
    }

    @Override
    public void left(UUID session) {
        versions.end(session);
    }

    private Exchange send(String route, LiveRequest request, Object body) {
        Exchange done = routes.send(route, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.setProperty("tenant", request.tenant());
            exchange.setProperty(RoutePins.PROPERTY, versions.of(request.id()));
            exchange.setProperty("requestId", request.id().toString());
            exchange.setProperty("stream", request);
            exchange.setProperty(PROVIDER, request.provider());
            exchange.setProperty(MODEL, request.model());
            exchange.setProperty(LANGUAGE, request.language());
        });
        Exception failed = done.getException();
        if (failed instanceof RuntimeException known) {
            throw known;
        }
        if (failed != null) {
            throw new IllegalStateException("the route " + route + " failed", failed);
        }
        return done;
    }
}
