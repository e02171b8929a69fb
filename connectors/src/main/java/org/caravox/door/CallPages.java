package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.agents.ConversationRecords;
import org.caravox.agents.ConversationTurn;
import org.caravox.agents.TurnLatency;
import org.caravox.calls.Call;
import org.caravox.calls.CallLog;
import org.caravox.calls.CallSettings;
import org.caravox.calls.Calls;
import org.caravox.calls.Tap;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Tenants;
import org.jspecify.annotations.Nullable;

/** {@code /calls}: telephone calls that were, that are, and that are to be made. */
public final class CallPages {

    private static final Set<String> SEARCHED =
            Set.of("tenant", "status", "number", "agent", "from", "until", "cursor", "limit");
    private static final Set<String> MADE =
            Set.of("userId", "to", "from", "trunk", "route", "agent", "ringSeconds", "metadata");
    private static final String TAP = "tap";
    private static final Duration LONGEST_RINGING = Duration.ofMinutes(3);

    private final Calls calls;
    private final CallLog log;
    private final CallSettings settings;
    private final ConversationRecords conversations;
    private final Tenants tenants;
    private final ObjectMapper json;

    public CallPages(
            Calls calls,
            CallLog log,
            CallSettings settings,
            ConversationRecords conversations,
            Tenants tenants,
            ObjectMapper json) {
        this.calls = calls;
        this.log = log;
        this.settings = settings;
        this.conversations = conversations;
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code GET /calls}. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, SEARCHED, json);
        int limit = query.limit();
        String status = query.text("status");
        if (status != null && !Set.of("ringing", "queued", "answered", "ended").contains(status)) {
            throw Refusal.invalid("status must be ringing, queued, answered or ended");
        }
        List<CallLog.Row> found = log.list(new CallLog.Search(
                Callers.scope(exchange, query.text("tenant"), tenants),
                status,
                query.text("number"),
                query.text("agent"),
                query.time("from"),
                query.time("until"),
                query.cursor(),
                limit + 1));
        Answers.write(json, exchange, 200, Page.of("calls", found, limit, CallLog.Row::id));
    }

    /** {@code GET /calls/{id}}: the record, and what was said by turns. */
    public void one(Exchange exchange) throws IOException {
        CallLog.Row row = log.get(Callers.scope(exchange, null, tenants), id(exchange));
        ObjectNode shown = json.valueToTree(row);
        ArrayNode turns = shown.putArray("turns");
        conversations.turns(row.tenant(), row.id()).forEach(turn -> turns.add(show(turn)));
        Answers.write(json, exchange, 200, shown);
    }

    /** Latencies are milliseconds since the caller stopped speaking. */
    private ObjectNode show(ConversationTurn turn) {
        ObjectNode shown = json.createObjectNode()
                .put("number", turn.number())
                .put("who", turn.who().name().toLowerCase(Locale.ROOT))
                .put("text", turn.text())
                .put("interrupted", turn.interrupted())
                .put("at", turn.at().toString());
        TurnLatency latency = turn.latency();
        if (latency != null) {
            ObjectNode millis = shown.putObject("latencyMs");
            put(millis, "speechToText", latency.heard());
            put(millis, "turnEnd", latency.turnEnd());
            put(millis, "modelFirstToken", latency.modelFirst());
            put(millis, "firstAudio", latency.audioFirst());
            put(millis, "firstPacket", latency.packetFirst());
        }
        if (!turn.tools().isEmpty()) {
            turn.tools().forEach(shown.putArray("tools")::add);
        }
        return shown;
    }

    private static void put(ObjectNode millis, String name, @Nullable Duration latency) {
        if (latency != null) {
            millis.put(name, latency.toMillis());
        }
    }

    /** {@code POST /calls}: rings somebody. */
    public void make(Exchange exchange) throws IOException {
        Fields body = new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), MADE, json);
        Duration ringing = body.seconds("ringSeconds");
        if (ringing != null && (ringing.isZero() || ringing.compareTo(LONGEST_RINGING) > 0)) {
            throw Refusal.invalid("ringSeconds must be more than 0, and " + LONGEST_RINGING.toSeconds() + " at most");
        }
        String route = body.text("route");
        Call call = calls.dial(new Calls.Wanted(
                Callers.tenant(exchange),
                body.required("userId"),
                body.required("to"),
                body.text("from"),
                body.text("trunk"),
                route == null ? settings.outbound().get(0) : route,
                body.text("agent"),
                ringing,
                body.object("metadata")));
        UUID id = call.request().id();
        exchange.getMessage().setHeader("Location", "/calls/" + id);
        Answers.write(json, exchange, 202, Map.of("id", id, "status", "ringing"));
    }

    /** {@code DELETE /calls/{id}}: hangs up. */
    public void hangUp(Exchange exchange) throws IOException {
        String tenant = Callers.scope(exchange, null, tenants);
        UUID id = id(exchange);
        live(tenant, id).hangUp("hung up by request");
        Answers.write(json, exchange, 200, Map.of("id", id));
    }

    private Call live(@Nullable String tenant, UUID id) {
        return calls.find(tenant, id).orElseThrow(() -> {
            CallLog.Row known = log.get(tenant, id);
            return new Refusal(
                    Refusal.Reason.CONFLICT,
                    known.status().equals("ended")
                            ? "call " + id + " has ended"
                            : "call " + id + " is carried by the hub " + known.node() + ": ask there");
        });
    }

    /** Somebody is to listen in on a call, by {@link #listen}; what is left here is for the note of it. */
    public void openTap(Exchange exchange) throws IOException {
        Query.of(exchange, Set.of(), json);
        UUID id = id(exchange);
        Tap tap = calls.listenIn(live(Callers.tenant(exchange), id));
        exchange.setProperty(TAP, tap);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                tap.close();
            }
        });
        exchange.getMessage().setBody(json.writeValueAsBytes(Map.of("id", id)));
    }

    /** {@code GET /calls/{id}/listen}: what is heard on the call, as it is heard, until its end. */
    public void listen(Exchange exchange) throws IOException {
        Tap tap = exchange.getProperty(TAP, Tap.class);
        StreamedAnswer.begin(exchange, 200, "audio/wav").pour(tap);
    }

    private static UUID id(Exchange exchange) {
        return RequestIds.parse("call", exchange.getMessage().getHeader("id", String.class));
    }
}
