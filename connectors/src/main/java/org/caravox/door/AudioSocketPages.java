package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.door.live.phone.AudioSocketTickets;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;

/** {@code /streams/audiosocket}: a call of Asterisk says whose it is, before it connects. */
public final class AudioSocketPages {

    private static final Set<String> WISHES =
            Set.of("language", "model", "provider", "userId", "record", "agent", "number", "from");

    private final AudioSocketTickets tickets;
    private final ObjectMapper json;
    private final int port;
    private final Clock clock;

    private record Ticket(UUID uuid, int port, Instant expiresAt) {}

    /** @param port where AudioSockets are listened to; 0 is nowhere */
    public AudioSocketPages(AudioSocketTickets tickets, ObjectMapper json, int port, Clock clock) {
        this.tickets = tickets;
        this.json = json;
        this.port = port;
        this.clock = clock;
    }

    /** {@code POST /streams/audiosocket}. */
    public void issue(Exchange exchange) throws IOException {
        Caller caller = Callers.caller(exchange);
        caller.requireTenant();
        if (port == 0) {
            throw new Refusal(
                    Refusal.Reason.NOT_BUILT, "this hub takes no AudioSockets: set caravox.live.audiosocket.port");
        }
        Query query = Query.of(new Fields(FormBody.fields(BodyOnDemand.request(exchange)), WISHES, json));
        Map<String, String> wishes = new HashMap<>();
        for (String wish : WISHES) {
            String value = query.text(wish);
            if (value != null) {
                wishes.put(wish, value);
            }
        }
        Instant expiresAt = clock.instant().plus(AudioSocketTickets.VALID);
        Answers.write(json, exchange, 201, new Ticket(tickets.issue(caller, wishes), port, expiresAt));
    }
}
