package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.CaseShown;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.RouteTrial;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Role;
import org.jspecify.annotations.Nullable;

/** {@code POST /routes/check} and its kin: what tries an edit and changes nothing. For editors. */
public final class RouteTrialPages {

    private static final int MOST_ROUTES = 1000;
    private static final List<String> KINDS = List.of("call", "job", "delivery");

    private final Publishing publishing;
    private final RouteEdits edits;
    private final RouteTrial trial;
    private final CaseRecorder recorder;
    private final ObjectMapper json;

    public RouteTrialPages(
            Publishing publishing, RouteEdits edits, RouteTrial trial, CaseRecorder recorder, ObjectMapper json) {
        this.publishing = publishing;
        this.edits = edits;
        this.trial = trial;
        this.recorder = recorder;
        this.json = json;
    }

    /** A step of a dry run. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Step(
            String id,
            String route,
            RouteTrial.Shown in,
            RouteTrial.Shown out,
            double tookMs,
            @Nullable String failure) {

        static Step of(RouteTrial.Step step) {
            return new Step(
                    step.id(), step.route(), step.in(), step.out(), step.took().toNanos() / 1e6, step.failure());
        }
    }

    /** What came of a dry run. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Outcome(List<Step> steps, RouteTrial.Shown end, double tookMs, @Nullable String failure) {}

    /** {@code POST /routes/check}. */
    public void check(Exchange exchange) throws IOException {
        editor(exchange);
        Answers.write(
                json, exchange, 200, publishing.check(edits.withEdit(exchange).edit()));
    }

    /** {@code POST /routes/test}. */
    public void test(Exchange exchange) throws IOException {
        editor(exchange);
        RouteEdits.Body body = edits.withEdit(exchange, "routes", "all");
        List<String> routes = body.fields().texts("routes", MOST_ROUTES);
        boolean all = body.fields().flag("all") || !routes.isEmpty();
        List<CaseShown> cases = publishing.test(body.edit(), all).stream()
                .filter(result -> routes.isEmpty() || routes.contains(result.route()))
                .map(CaseShown::of)
                .toList();
        Answers.write(json, exchange, 200, Map.of("cases", cases));
    }

    /** {@code POST /routes/dry-run}. */
    public void dryRun(Exchange exchange) throws IOException {
        editor(exchange);
        RouteEdits.Body body = edits.withEdit(exchange, "route", "message");
        var message = body.fields().object("message");
        RouteTrial.Outcome outcome = trial.run(
                publishing.files(body.edit()),
                body.fields().required("route"),
                message == null ? "{}" : message.toString());
        Answers.write(
                json,
                exchange,
                200,
                new Outcome(
                        outcome.steps().stream().map(Step::of).toList(),
                        outcome.end(),
                        outcome.took().toNanos() / 1e6,
                        outcome.failure()));
    }

    /** {@code POST /routes/record}. For publishers: what people said is told, though masked. */
    public void record(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.PUBLISHER);
        Fields fields = edits.without(exchange, Set.of("kind", "id")).fields();
        String kind = fields.choice("kind", KINDS);
        UUID id = fields.id("id");
        if (kind == null || id == null) {
            throw Refusal.invalid("say what is to become a case: kind, which is call, job or delivery, and its id");
        }
        Answers.write(
                json,
                exchange,
                200,
                Map.of("case", recorder.record(CaseRecorder.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), id, null)));
    }

    private static void editor(Exchange exchange) {
        Callers.caller(exchange).require(Role.EDITOR);
    }
}
