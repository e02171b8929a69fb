package org.caravox.crm;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.deliveries.Postponed;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Looks whether a CRM lets us in. */
public final class CrmTrials {

    /**
     * What came of it.
     *
     * @param crm    its name
     * @param works  whether it let us in, and answered
     * @param answer what it says of us; null where it was not asked, or did not answer
     * @param error  what is wrong, in its words; null when it works
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Trial(String crm, boolean works, @Nullable JsonNode answer, @Nullable String error) {}

    private static final String WHO = "who";

    private final CrmRuns runs;
    private final CrmSteps steps;
    private final CrmCalls calls;
    private final CrmConnections connections;

    public CrmTrials(CrmRuns runs, CrmSteps steps, CrmCalls calls, CrmConnections connections) {
        this.runs = runs;
        this.steps = steps;
        this.calls = calls;
        this.connections = connections;
    }

    /** Logs in anew and asks the CRM who we are; one that was disabled and works is active again. */
    public Trial of(CrmConnection crm) {
        CrmRun run = runs.look(crm);
        try {
            calls.logIn(crm, run.deadline());
            steps.send(run, WHO, crm.type().route() + "-who");
        } catch (Refusal | Postponed | ParkedDelivery e) {
            return new Trial(crm.name(), false, null, e.getMessage());
        }
        connections.works(crm);
        JsonNode answer = run.answer(WHO);
        return new Trial(crm.name(), true, answer.isMissingNode() ? null : answer, null);
    }
}
