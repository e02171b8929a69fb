package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.publishing.RouteIds;
import org.caravox.tenants.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Around the step of a route that changes something: the change and the note of who made it are one transaction. The id
 * of the {@code policy} step is what the act is called, like {@code webhook.created}. What fails is not noted, and what
 * it had written by then is taken back.
 */
public final class Audited implements Policy {

    /** Fields of requests that are told with their values; of others only that they were given, as of all secrets. */
    private static final Set<String> TOLD = Set.of(
            "all",
            "batch",
            "credential",
            "description",
            "fault",
            "filter",
            "format",
            "from",
            "id",
            "kind",
            "name",
            "ordering",
            "ratePerSecond",
            "role",
            "signatures",
            "since",
            "state",
            "status",
            "tenant",
            "to",
            "types",
            "until",
            "whenExhausted");

    private static final Set<String> COUNTS = Set.of("replayed", "refused", "discarded", "more");
    private static final String NOT_TOLD = "(not told)";

    private final AuditLog log;
    private final ObjectMapper json;
    private String act = "";

    public Audited(AuditLog log, ObjectMapper json) {
        this.log = log;
        this.json = json;
    }

    /** Routes are made one after the other; each step is wrapped right after this, when it holds no other like it. */
    @Override
    public void beforeWrap(Route route, NamedNode step) {
        act = RouteIds.base(step.getId());
    }

    @Override
    public Processor wrap(Route route, Processor change) {
        String name = act;
        return exchange -> {
            JsonBody.take(BodyOnDemand.request(exchange)); // no transaction waits for a sender
            try {
                log.together(() -> made(name, change, exchange), Optional::of);
            } catch (NotMade e) {
                // its caller has been told why
            }
        };
    }

    private Act made(String name, Processor change, Exchange exchange) throws Exception {
        change.process(exchange);
        if (exchange.isFailed() || exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) != null) {
            throw new NotMade();
        }
        Caller caller = Callers.caller(exchange);
        JsonNode answer = json.readTree(exchange.getMessage().getBody(byte[].class));
        Map<String, JsonNode> sent = JsonBody.sent(BodyOnDemand.request(exchange));
        return new Act(
                caller.tenant().isPresent() ? caller.requireTenant() : tenant(name, sent, answer),
                caller.keyId().toString(),
                caller.admin(),
                name,
                subject(exchange.getMessage(), answer),
                details(sent, answer));
    }

    /** Whose things an operator changed, as the answer or the request tells. */
    private static @Nullable String tenant(String act, Map<String, JsonNode> sent, JsonNode answer) {
        if (act.equals("tenant.created")) {
            return answer.path("id").textValue();
        }
        JsonNode asked = sent.get("tenant");
        return answer.has("tenant") || asked == null ? answer.path("tenant").textValue() : asked.textValue();
    }

    /** What the path names, or what was made. */
    private static @Nullable String subject(Message message, JsonNode answer) {
        String id = message.getHeader("id", String.class);
        if (id != null) {
            return id;
        }
        String provider = message.getHeader("provider", String.class);
        return provider == null
                ? answer.path("id").textValue()
                : message.getHeader("use", String.class) + "/" + provider;
    }

    private Map<String, JsonNode> details(Map<String, JsonNode> sent, JsonNode answer) {
        Map<String, JsonNode> details = new TreeMap<>();
        sent.forEach((name, value) -> details.put(name, told(name, value)));
        COUNTS.stream().filter(answer::has).forEach(name -> details.put(name, answer.get(name)));
        return details;
    }

    /** Paths and queries of addresses can hold secrets too. */
    private JsonNode told(String name, JsonNode value) {
        if (name.equals("url") && value.isTextual()) {
            URI url = URI.create(value.textValue());
            return json.getNodeFactory().textNode(url.getScheme() + "://" + url.getRawAuthority());
        }
        return TOLD.contains(name) || value.isNull()
                ? value
                : json.getNodeFactory().textNode(NOT_TOLD);
    }

    private static final class NotMade extends Exception {

        private static final long serialVersionUID = 1L;

        NotMade() {
            super(null, null, false, false);
        }
    }
}
