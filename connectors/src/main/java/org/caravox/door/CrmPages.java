package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.caravox.crm.CrmConnection;
import org.caravox.crm.CrmConnections;
import org.caravox.crm.CrmRun;
import org.caravox.crm.CrmRun.Rehearsed;
import org.caravox.crm.CrmRuns;
import org.caravox.crm.CrmTrials;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** {@code /crm}: a tenant's CRMs, whether they let us in, and what would be sent to them. */
public final class CrmPages {

    /**
     * What a dry run tells.
     *
     * @param crm      its name
     * @param sent     always false
     * @param requests those that would be sent, in their order
     */
    public record DryRun(String crm, boolean sent, List<Rehearsed> requests) {}

    private static final Set<String> DRY_RUN = Set.of("transcript", "job", "event", "type", "answers", "mappings");

    private final CrmConnections connections;
    private final CrmRuns runs;
    private final CrmTrials trials;
    private final ObjectMapper json;
    private final boolean triesMappings;

    /** @param triesMappings whether a dry run takes mappings from its caller, who can make the hub busy with them */
    public CrmPages(
            CrmConnections connections, CrmRuns runs, CrmTrials trials, ObjectMapper json, boolean triesMappings) {
        this.connections = connections;
        this.runs = runs;
        this.trials = trials;
        this.json = json;
        this.triesMappings = triesMappings;
    }

    /** {@code GET /crm}. */
    public void list(Exchange exchange) throws IOException {
        Query.of(exchange, Set.of(), json);
        Answers.write(json, exchange, 200, Map.of("crms", connections.standings(Callers.tenant(exchange))));
    }

    /** {@code POST /crm/{name}/test}. */
    public void test(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, trials.of(crm(exchange)));
    }

    /**
     * Begins {@code POST /crm/{name}/dry-run}, with one of {@code transcript}, {@code job} and {@code event}; the body is
     * then the run that takes the CRM's route.
     */
    public void begin(Exchange exchange) throws IOException {
        CrmConnection crm = crm(exchange);
        Fields fields = new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), DRY_RUN, json);
        long named = Stream.of("transcript", "job", "event").filter(fields::has).count();
        if (named != 1) {
            throw Refusal.invalid("name one of transcript, job (their ids) and event ({\"type\", \"data\"})");
        }
        JsonNode answers = fields.object("answers");
        try {
            ObjectNode event = event(crm, fields);
            exchange.getMessage()
                    .setBody(runs.rehearse(
                            crm,
                            subject(event),
                            event,
                            answers == null ? json.createObjectNode() : answers,
                            mappings(fields.object("mappings"))));
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Reason.INVALID, String.valueOf(e.getMessage()), null, e);
        }
    }

    private ObjectNode event(CrmConnection crm, Fields fields) {
        if (fields.object("event") instanceof ObjectNode event) {
            return event;
        }
        String type = fields.text("type");
        UUID transcript = fields.id("transcript");
        if (transcript != null) {
            return runs.eventOf(crm, transcript, type == null ? "transcript.ready" : type);
        }
        UUID job = Objects.requireNonNull(fields.id("job"));
        return runs.eventOf(crm, job, type == null ? "job.completed" : type);
    }

    /** What an event tells of; an event that names nothing is of something new. */
    private static UUID subject(ObjectNode event) {
        return Stream.of("transcriptId", "jobId", "callId")
                .map(name -> event.path("data").path(name).asText(""))
                .filter(id -> id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                .findFirst()
                .map(UUID::fromString)
                .orElseGet(() -> new UUID(0, 0));
    }

    private Map<String, String> mappings(@Nullable JsonNode given) {
        if (given != null && !triesMappings) {
            throw Refusal.invalid("mappings are tried only where the operator has set caravox.crm.try-mappings=true");
        }
        Map<String, String> mappings = new LinkedHashMap<>();
        if (given != null) {
            given.properties()
                    .forEach(mapping ->
                            mappings.put(mapping.getKey(), mapping.getValue().asText()));
        }
        return mappings;
    }

    /** Ends a dry run, whose run is the body. */
    public void show(Exchange exchange) throws IOException {
        CrmRun run = exchange.getMessage().getBody(CrmRun.class);
        Answers.write(json, exchange, 200, new DryRun(run.connection().name(), false, run.rehearsed()));
    }

    private CrmConnection crm(Exchange exchange) {
        return connections.get(Callers.tenant(exchange), exchange.getMessage().getHeader("name", String.class));
    }
}
