package org.caravox.door;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Idempotency;
import org.caravox.requests.Idempotency.Answer;
import org.caravox.requests.Idempotency.Claim;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.TranscriptionRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two ends of a request that came with an {@code Idempotency-Key}; a request without one passes. */
public final class IdempotentRequests {

    private static final Logger log = LoggerFactory.getLogger(IdempotentRequests.class);
    private static final String HEADER = "Idempotency-Key";
    private static final String KEY = "idempotencyKey";
    private static final int LONGEST_KEY = 255;

    private final Idempotency idempotency;
    private final AudioStore audio;

    public IdempotentRequests(Idempotency idempotency, AudioStore audio) {
        this.idempotency = idempotency;
        this.audio = audio;
    }

    /** Goes on with a new request; answers one that was answered before, and ends the route. */
    public void begin(Exchange exchange) throws IOException, InterruptedException {
        String header = BodyOnDemand.request(exchange).getHeader(HEADER);
        if (header == null) {
            return;
        }
        String key = header.strip();
        if (key.isEmpty() || key.length() > LONGEST_KEY || !key.matches("[\\x21-\\x7e]+")) {
            throw Refusal.invalid(HEADER + " must be 1 to " + LONGEST_KEY + " visible ASCII characters");
        }
        UUID id = exchange.getProperty(Admission.REQUEST_ID, UUID.class);
        Claim claim = idempotency.begin(
                Callers.tenant(exchange),
                key,
                exchange.getProperty(RecordingIntake.FINGERPRINT, String.class),
                id,
                exchange.getProperty(RecordingIntake.LISTENING, Listening.class).deadline());
        if (claim.answer().isPresent()) {
            replay(exchange, claim.answer().get());
            return;
        }
        exchange.setProperty(KEY, key);
        exchange.getExchangeExtension().addOnCompletion(new Forgetting());
        goOnAs(exchange, id, claim.id());
    }

    private void replay(Exchange exchange, Answer answer) {
        Message message = exchange.getMessage();
        message.setHeader("Idempotency-Replayed", "true");
        if (!answer.location().isEmpty()) {
            message.setHeader("Location", answer.location());
        }
        Answers.write(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
        exchange.setRouteStop(true);
    }

    private void goOnAs(Exchange exchange, UUID came, UUID id) throws IOException {
        if (id.equals(came)) {
            return;
        }
        exchange.setProperty(Admission.REQUEST_ID, id);
        exchange.getMessage().setHeader("X-Request-Id", id.toString());
        if (exchange.getMessage().getBody() instanceof TranscriptionRequest request) {
            audio.rename(came, id);
            exchange.getMessage().setBody(request.withId(id));
        }
    }

    /** Keeps the answer that is about to go out. */
    public void remember(Exchange exchange) {
        String key = exchange.getProperty(KEY, String.class);
        if (key == null) {
            return;
        }
        Message message = exchange.getMessage();
        idempotency.remember(
                exchange.getProperty(Admission.TENANT, String.class),
                key,
                new Answer(
                        message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class),
                        message.getHeader("Location", "", String.class),
                        new String(message.getBody(byte[].class), StandardCharsets.UTF_8)));
        exchange.removeProperty(KEY);
    }

    /** A request that ended without an answer to keep may be made again. */
    private final class Forgetting extends SynchronizationAdapter {
        @Override
        public void onDone(Exchange done) {
            String key = done.getProperty(KEY, String.class);
            if (key != null) {
                idempotency.forget(done.getProperty(Admission.TENANT, String.class), key);
                log.debug("idempotency.forgotten key={}", key);
            }
        }
    }
}
