package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Expression;
import org.caravox.crm.CrmRun.Rehearsed;
import org.caravox.deliveries.ParkedDelivery;

/** What routes into CRMs do with a {@link CrmRun}. */
public final class CrmSteps {

    private final CrmCalls calls;
    private final CrmRecords records;
    private final ObjectMapper json;

    public CrmSteps(CrmCalls calls, CrmRecords records, ObjectMapper json) {
        this.calls = calls;
        this.records = records;
        this.json = json;
    }

    /**
     * Makes the fields of the CRM's record: the connection's mapping applied to the document, put there as
     * {@code fields}.
     *
     * @throws ParkedDelivery when the mapping fails on this event
     */
    public void map(CrmRun run) {
        run.put("fields", run.map(run.connection().mapping()));
    }

    /**
     * Sends a request, unless its file makes nothing of the document, and puts the answer there as
     * {@code answers.<step>}.
     *
     * @param step    how the answer is called
     * @param request the file that makes the request
     * @throws ParkedDelivery                      when the request is wrong and will stay so
     * @throws org.caravox.deliveries.Postponed    when the CRM asks to come back later
     * @throws org.caravox.requests.Refusal        when it cannot be reached, or fails
     */
    public void send(CrmRun run, String step, String request) {
        JsonNode made = run.map(request);
        if (made.isNull() || made.isEmpty()) {
            run.add(new Rehearsed(step, null, null, null, null, null, true));
            return;
        }
        CrmRequest wanted = CrmRequest.of(request, made);
        CrmAnswer answer =
                run.isRehearsal() ? rehearse(run, step, wanted) : calls.send(run.connection(), wanted, run.deadline());
        check(run, wanted, answer);
        run.answered(step, answer);
        if (!run.isRehearsal()) {
            remember(run, wanted, answer);
        }
    }

    private CrmAnswer rehearse(CrmRun run, String step, CrmRequest wanted) {
        JsonNode given = run.answer(step);
        JsonNode assumed = given.isMissingNode() ? wanted.sample() : given;
        run.add(new Rehearsed(
                step,
                wanted.method(),
                run.connection().baseUrl() + wanted.path(),
                calls.shown(run.connection(), wanted),
                wanted.body().isMissingNode() ? null : wanted.body(),
                assumed.isMissingNode() ? null : assumed,
                null));
        return new CrmAnswer(200, assumed);
    }

    private void check(CrmRun run, CrmRequest wanted, CrmAnswer answer) {
        if (wanted.success().isEmpty() || run.isRehearsal()) {
            return;
        }
        String where = "success of the CRM " + run.connection().name();
        Expression rule = CrmMappings.compile(where, wanted.success());
        ObjectNode seen = json.createObjectNode().put("status", answer.status());
        seen.set("body", answer.body());
        if (!CrmMappings.apply(where, rule, seen).asBoolean()) {
            throw new ParkedDelivery("the CRM " + run.connection().name() + " answered " + answer.status()
                    + ", and its rule for success says no" + CrmCalls.words(answer.body()));
        }
    }

    /** That it was written counts, also where the CRM does not say as what. */
    private void remember(CrmRun run, CrmRequest wanted, CrmAnswer answer) {
        String kind = wanted.record().path("kind").asText("");
        if (kind.isEmpty()) {
            return;
        }
        String id = answer.body().at(wanted.record().path("id").asText("")).asText("");
        records.keep(run.connection(), run.subject(), kind, id);
    }
}
