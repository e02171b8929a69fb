package org.caravox.crm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.camel.ExchangeProperty;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Puts together what mappings see of an event: the call's transcript, its job, its score, the caller's number. */
public final class CrmRuns {

    /** Whose telephone number it is, or null. */
    private static final String PHONE = "phone";

    private static final Duration WITHIN = Duration.ofSeconds(30);

    private static final String ABOUT =
            """
            select cast(jsonb_strip_nulls(jsonb_build_object(
              'transcript', t.content - 'channels',
              'job', case when j.id is null then null else jsonb_build_object('id', j.id, 'status', j.status,
                'userId', j.user_id, 'error', j.error, 'createdAt', j.created_at, 'endedAt', j.ended_at) end,
              'metadata', coalesce(t.content -> 'metadata', j.request -> 'metadata'),
              'score', case when s.transcript is null then null else jsonb_build_object('score', s.score,
                'band', s.band, 'rules', s.rules, 'fired', s.fired) end)) as text)
            from (select cast(:tenant as text) as tenant, cast(:subject as uuid) as id) asked
            left join transcripts t on t.tenant = asked.tenant and t.id = asked.id
            left join jobs j on j.tenant = asked.tenant and j.id = asked.id
            left join lead_scores s on s.tenant = asked.tenant and s.transcript = asked.id""";

    private final CrmConnections connections;
    private final Supplier<CrmMappings> mappings;
    private final CrmRecords records;
    private final Jdbi database;
    private final ObjectMapper json;
    private final String publicUrl;
    private final Clock clock;

    /**
     * Runs.
     *
     * @param mappings  those in force now
     * @param publicUrl where customers reach the hub, for links; empty when nobody has said
     */
    public CrmRuns(
            CrmConnections connections,
            Supplier<CrmMappings> mappings,
            CrmRecords records,
            Jdbi database,
            ObjectMapper json,
            @Nullable URI publicUrl,
            Clock clock) {
        this.connections = connections;
        this.mappings = mappings;
        this.records = records;
        this.database = database;
        this.json = json;
        this.publicUrl = publicUrl == null ? "" : publicUrl.toString();
        this.clock = clock;
    }

    /**
     * A delivery to a CRM.
     *
     * @throws ParkedDelivery when the settings have that CRM no more, or the mapping of the number fails
     */
    public CrmRun begin(
            @ExchangeProperty("delivery") Delivery delivery,
            @ExchangeProperty("deadline") @Nullable Deadline deadline) {
        CrmConnection crm = connections
                .find(delivery.tenant(), String.valueOf(delivery.name()))
                .orElseThrow(() -> new ParkedDelivery(
                        "the CRM " + delivery.name() + " is not in the settings of tenant " + delivery.tenant()));
        ObjectNode document = document(crm, delivery.subject(), read(delivery.event()));
        return run(crm, mappings.get(), document, delivery.subject(), deadline, false);
    }

    /**
     * A rehearsal, which sends nothing.
     *
     * @param event   {@code {"type", "data" ...}}
     * @param answers what the CRM is to have answered, by step; an empty object: what the requests' files assume
     * @param changed mappings to be tried in place of the stored ones, by name
     * @throws IllegalArgumentException when one of them does not compile
     * @throws ParkedDelivery           when the mapping of the number fails
     */
    public CrmRun rehearse(
            CrmConnection crm, UUID subject, ObjectNode event, JsonNode answers, Map<String, String> changed) {
        CrmMappings tried = mappings.get().with(changed);
        ObjectNode document = document(crm, subject, event);
        answers.properties().forEach(answer -> document.withObjectProperty("answers")
                .putObject(answer.getKey())
                .set("body", answer.getValue()));
        return run(crm, tried, document, subject, null, true);
    }

    /** A look at whether a CRM works: its document knows of no event. */
    public CrmRun look(CrmConnection crm) {
        ObjectNode document = json.createObjectNode();
        document.set("crm", told(crm));
        return new CrmRun(crm, mappings.get(), document, new UUID(0, 0), Deadline.in(WITHIN, clock), false);
    }

    private CrmRun run(
            CrmConnection crm,
            CrmMappings used,
            ObjectNode document,
            UUID subject,
            @Nullable Deadline deadline,
            boolean rehearsal) {
        CrmRun run = new CrmRun(
                crm, used, document, subject, deadline == null ? Deadline.in(WITHIN, clock) : deadline, rehearsal);
        run.put(PHONE, run.map(PHONE));
        return run;
    }

    private ObjectNode document(CrmConnection crm, UUID subject, ObjectNode event) {
        ObjectNode document = about(crm.tenant(), subject);
        document.set("event", event);
        document.put("subject", subject.toString());
        document.put("link", publicUrl + "/transcripts/" + subject);
        document.set("crm", told(crm));
        document.set("records", json.valueToTree(records.of(crm, subject)));
        return document;
    }

    private ObjectNode told(CrmConnection crm) {
        ObjectNode told = json.createObjectNode().put("name", crm.name()).put("version", crm.version());
        ObjectNode options = told.putObject("options");
        crm.type().options().keySet().forEach(option -> options.put(option, crm.option(option)));
        return told;
    }

    private ObjectNode about(String tenant, UUID subject) {
        return database.withHandle(handle -> handle.createQuery(ABOUT)
                .bind("tenant", tenant)
                .bind("subject", subject)
                .mapTo(String.class)
                .map(this::read)
                .one());
    }

    private ObjectNode read(String text) {
        try {
            return (ObjectNode) json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what the hub wrote is JSON", e);
        }
    }

    /**
     * The event that a dry run stands for, of a transcript or job that there is.
     *
     * @throws Refusal NOT_FOUND when the tenant has none by that id
     */
    public ObjectNode eventOf(CrmConnection crm, UUID subject, String type) {
        ObjectNode about = about(crm.tenant(), subject);
        String part = type.startsWith("job.") ? "job" : "transcript";
        if (!about.has(part)) {
            throw Refusal.notFound(part + " " + subject + " not found for tenant " + crm.tenant());
        }
        ObjectNode event = json.createObjectNode()
                .put("type", type)
                .put("timestamp", clock.instant().toString());
        event.putObject("data").put(part + "Id", subject.toString());
        return event;
    }
}
