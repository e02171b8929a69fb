package org.caravox.routes.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.caravox.calls.CallLog;
import org.caravox.crm.CrmConnection;
import org.caravox.crm.CrmConnections;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.jobs.Job;
import org.caravox.jobs.JobStatus;
import org.caravox.jobs.Jobs;
import org.caravox.masking.Masking;
import org.caravox.publishing.CaseRecorder;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Makes cases of what the hub has stored of a call, a job or a delivery. */
public final class StoredCases implements CaseRecorder {

    private static final Set<String> NOT_OF_CASES = Set.of("id", "tenant", "receivedAt", "door", "webhookUrl", "audio");

    private final CallLog calls;
    private final Jobs jobs;
    private final Transcripts transcripts;
    private final DeliveryLog deliveries;
    private final CrmConnections crms;
    private final Jdbi database;
    private final ObjectMapper json;
    private final Masking masking;

    public StoredCases(
            CallLog calls,
            Jobs jobs,
            Transcripts transcripts,
            DeliveryLog deliveries,
            CrmConnections crms,
            Jdbi database,
            ObjectMapper json) {
        this.calls = calls;
        this.jobs = jobs;
        this.transcripts = transcripts;
        this.deliveries = deliveries;
        this.crms = crms;
        this.database = database;
        this.json = json;
        this.masking = new Masking(json);
    }

    @Override
    public String record(Kind kind, UUID id, @Nullable String tenant) {
        return switch (kind) {
            case CALL -> call(calls.get(tenant, id));
            case JOB -> job(owner("jobs", "job", tenant, id), id);
            case DELIVERY -> delivery(owner("deliveries", "delivery", tenant, id), id);
        };
    }

    private String owner(String table, String what, @Nullable String tenant, UUID id) {
        if (tenant != null) {
            return tenant;
        }
        return database.withHandle(handle -> handle.createQuery("select tenant from " + table + " where id = :id")
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne())
                .orElseThrow(() -> Refusal.notFound(what + " " + id + " not found: it may have expired"));
    }

    private String job(String tenant, UUID id) {
        Job job = jobs.get(tenant, id);
        if (!job.status().ended()) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "job " + id + " has not ended: it is " + job.status().word());
        }
        ObjectNode request = json.valueToTree(jobs.request(tenant, id));
        request.remove(NOT_OF_CASES);
        Optional<Transcript> made = transcripts.find(tenant, id);
        Masks masks = new Masks(masking);
        masks.learn(request);

        ObjectNode given = json.createObjectNode();
        given.set("body", CaseText.named("TranscriptionRequest", masks.masked(request)));
        given.putObject("properties").put("tenant", tenant);
        ObjectNode then = json.createObjectNode();
        made.ifPresentOrElse(
                transcript -> heard(transcript, given, then, masks), () -> unheard(job, given, then, masks));
        return CaseText.of("A job of " + job.createdAt() + " is " + job.status().word(), "run-job", given, then);
    }

    private static void heard(Transcript transcript, ObjectNode given, ObjectNode then, Masks masks) {
        String said = masks.masked(transcript.transcript());
        ObjectNode provider = given.putObject("providers")
                .putObject("transcription")
                .put("text", said)
                .put("language", transcript.language())
                .put("provider", transcript.provider())
                .put("model", transcript.model());
        if (transcript.confidence() != null) {
            provider.put("confidence", transcript.confidence());
        }
        given.putObject("steps").putObject("complete");
        then.putObject("sent")
                .putArray("complete")
                .addObject()
                .putObject("body")
                .put("transcript", said);
    }

    private static void unheard(Job job, ObjectNode given, ObjectNode then, Masks masks) {
        boolean called = job.status() == JobStatus.CANCELLED;
        ObjectNode answer = called
                ? given.putObject("steps").putObject("hear").put("fail", "called-off")
                : given.putObject("providers").putObject("transcription").put("fail", "busy");
        if (job.error() != null) {
            answer.put("message", masks.masked(job.error()));
        }
        if (called) {
            then.put("fails", answer.path("message").asText("called-off"))
                    .putArray("notSent")
                    .add("complete");
            return;
        }
        given.putObject("steps").putObject("note-the-failure");
        then.putObject("sent").put("note-the-failure", 1);
        then.putArray("notSent").add("complete");
    }

    private String delivery(String tenant, UUID id) {
        DeliveryLog.Detail detail = deliveries.get(tenant, id);
        DeliveryLog.Entry entry = detail.delivery();
        JsonNode data = read(detail.data());
        Masks masks = new Masks(masking);
        masks.learn(data);
        ObjectNode event = json.createObjectNode()
                .put("type", entry.type())
                .put("timestamp", entry.createdAt().toString());
        event.set("data", masks.masked(data));

        ObjectNode given = json.createObjectNode();
        given.put("text", event.toString());
        given.putObject("properties").put("tenant", tenant).put("kind", entry.kind());
        ObjectNode then = json.createObjectNode();
        switch (entry.kind()) {
            case "crm" -> toCrm(tenant, entry, event, given, then, masks);
            case "scoring" -> {
                given.putObject("endpoints").putObject("direct:score-transcript");
                then.putObject("sent").put("direct:score-transcript", 1);
            }
            default -> {
                given.putObject("steps").putObject("post-signed");
                then.putObject("sent").put("post-signed", 1);
            }
        }
        return CaseText.of(
                "A delivery of " + entry.type() + " of " + entry.createdAt() + " is " + entry.status(),
                "deliver",
                given,
                then);
    }

    private void toCrm(
            String tenant, DeliveryLog.Entry entry, ObjectNode event, ObjectNode given, ObjectNode then, Masks masks) {
        CrmConnection crm = crms.find(tenant, String.valueOf(entry.name()))
                .orElseThrow(() -> Refusal.notFound(
                        "the CRM " + entry.name() + " is not in the settings of tenant " + tenant + " any more"));
        ObjectNode run = json.createObjectNode();
        run.put("type", json.valueToTree(crm.type()).asText())
                .put("route", crm.route())
                .put("mapping", crm.mapping());
        run.set("options", masks.masked(json.<JsonNode>valueToTree(crm.options())));
        run.set("event", event);
        transcripts.find(tenant, entry.subject()).ifPresent(transcript -> {
            ObjectNode told = json.valueToTree(transcript);
            told.remove(Set.of("channels", "utterances", "id"));
            masks.learn(told);
            JsonNode masked = masks.masked(told);
            run.set("transcript", masked);
            run.set("metadata", masked.path("metadata"));
        });
        given.putObject("steps").putObject("begin-crm-run").set("body", CaseText.named("CrmRun", run));
        then.putObject("sent").put("direct:" + crm.route(), 1);
    }

    private String call(CallLog.Row call) {
        Masks masks = new Masks(masking);
        masks.name(call.fromName() == null ? "" : call.fromName());
        JsonNode metadata = call.metadata() == null ? json.createObjectNode() : call.metadata();
        masks.learn(metadata);
        boolean answered = call.answeredAt() != null;

        ObjectNode given = json.createObjectNode();
        ObjectNode properties = given.putObject("properties").put("tenant", call.tenant());
        properties.put("route", call.route());
        ObjectNode told = json.createObjectNode().put("answered", answered);
        told.put("from", masks.masked(call.from())).put("to", masks.masked(call.to()));
        told.set("metadata", masks.masked(metadata));
        properties.set("call", CaseText.named("Call", told));
        ObjectNode places = given.putObject("endpoints");
        ObjectNode then = json.createObjectNode();
        if (call.agent() != null) {
            properties.put("agent", call.agent());
            places.putObject("sip:converse")
                    .putObject("body")
                    .put("how", "ended")
                    .put("handOverTo", "")
                    .put("briefing", "");
        }
        places.putObject("sip:dial").putObject("body").put("answered", answered);
        places.putObject("sip:*");
        then.putObject("sent").put("direct:" + call.route(), 1);
        return CaseText.of(
                "A call of " + call.startedAt() + " takes the route of its number", "inbound-call", given, then);
    }

    private JsonNode read(@Nullable String text) {
        try {
            return text == null ? json.createObjectNode() : json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what the hub wrote is JSON", e);
        }
    }
}
