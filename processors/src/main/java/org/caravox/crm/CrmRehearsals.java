package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.requests.Deadline;
import org.jspecify.annotations.Nullable;

/** Runs into CRMs that send nothing, of what somebody gives instead of what the hub has stored. */
public final class CrmRehearsals {

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final UUID SOME_CALL = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final Map<CrmType, URI> HOSTS = Map.of(
            CrmType.SALESFORCE, URI.create("https://acme.my.salesforce.com"),
            CrmType.HUBSPOT, URI.create("https://api.hubapi.com"),
            CrmType.CUSTOM, URI.create("https://crm.acme.example"));

    /**
     * What is given.
     *
     * @param type    of the CRM
     * @param name    of the connection; null: crm
     * @param route   that it takes; null: its type's
     * @param mapping that makes its fields; null: its type's
     * @param options of the connection; null: its type's
     * @param headers of the connection; null for none
     * @param subject the call; null: some
     * @param phone   of the caller; null: as the mapping of the number finds it
     * @param answers the bodies that the CRM answers, by step; null: what the requests' files assume
     * @param records the ids of what was written before, by kind; null for none
     */
    public record Given(
            CrmType type,
            @Nullable String name,
            @Nullable String route,
            @Nullable String mapping,
            @Nullable Map<String, String> options,
            @Nullable Map<String, String> headers,
            @Nullable UUID subject,
            @Nullable String phone,
            @Nullable JsonNode event,
            @Nullable JsonNode transcript,
            @Nullable JsonNode job,
            @Nullable JsonNode score,
            @Nullable JsonNode metadata,
            @Nullable JsonNode answers,
            @Nullable JsonNode records) {}

    private final CrmMappings mappings;
    private final ObjectMapper json;
    private final Clock clock;

    public CrmRehearsals(CrmMappings mappings, ObjectMapper json, Clock clock) {
        this.mappings = mappings;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A run that sends nothing.
     *
     * @throws IllegalArgumentException saying what to write instead
     */
    public CrmRun make(Given given) {
        if (given.type() == null) {
            throw new IllegalArgumentException("type is missing: write salesforce, hubspot or custom");
        }
        CrmConnection crm = connection(given);
        UUID subject = given.subject() == null ? SOME_CALL : given.subject();
        CrmRun run =
                new CrmRun(crm, mappings, document(crm, subject, given), subject, Deadline.in(WITHIN, clock), true);
        String phone = given.phone();
        run.put(
                "phone",
                phone == null ? run.map("phone") : json.getNodeFactory().textNode(phone));
        return run;
    }

    private static CrmConnection connection(Given given) {
        CrmType type = given.type();
        Map<String, String> options = given.options() == null ? Map.of() : given.options();
        return new CrmConnection(
                "acme",
                given.name() == null ? "crm" : given.name(),
                type,
                HOSTS.getOrDefault(type, URI.create("https://crm.acme.example")),
                type.version(),
                List.copyOf(CrmConnection.EVENTS),
                given.route() == null ? type.route() : given.route(),
                given.mapping() == null ? type.mapping() : given.mapping(),
                new CrmAuth(
                        type.logins().contains(CrmAuth.Kind.BEARER)
                                ? CrmAuth.Kind.BEARER
                                : CrmAuth.Kind.CLIENT_CREDENTIALS,
                        "client",
                        "crm",
                        "",
                        URI.create("https://crm.acme.example/token"),
                        "",
                        "",
                        ""),
                given.headers() == null ? Map.of() : given.headers(),
                type == CrmType.CUSTOM && !options.containsKey("path") ? Map.of("path", "/calls") : options);
    }

    private ObjectNode document(CrmConnection crm, UUID subject, Given given) {
        ObjectNode document = json.createObjectNode();
        set(document, "event", given.event());
        set(document, "transcript", given.transcript());
        set(document, "job", given.job());
        set(document, "score", given.score());
        set(document, "metadata", given.metadata());
        document.put("subject", subject.toString());
        document.put("link", "/transcripts/" + subject);
        document.set("crm", told(crm));
        document.set("records", given.records() == null ? json.createObjectNode() : given.records());
        if (given.answers() != null) {
            ObjectNode answers = document.putObject("answers");
            given.answers().properties().forEach(answer -> answers.putObject(answer.getKey())
                    .set("body", answer.getValue()));
        }
        return document;
    }

    private static void set(ObjectNode document, String name, @Nullable JsonNode value) {
        if (value != null && !value.isNull() && !value.isMissingNode()) {
            document.set(name, value);
        }
    }

    private ObjectNode told(CrmConnection crm) {
        ObjectNode told = json.createObjectNode().put("name", crm.name()).put("version", crm.version());
        ObjectNode options = told.putObject("options");
        crm.type().options().keySet().forEach(option -> options.put(option, crm.option(option)));
        return told;
    }

    /** What came of it: {@code {"fields", "requests"}}; a request that was skipped is left out. */
    public ObjectNode show(CrmRun run) {
        ObjectNode shown = json.createObjectNode();
        set(shown, "fields", run.fields());
        shown.set(
                "requests",
                json.valueToTree(run.rehearsed().stream()
                        .filter(request -> !Boolean.TRUE.equals(request.skipped()))
                        .toList()));
        return shown;
    }
}
