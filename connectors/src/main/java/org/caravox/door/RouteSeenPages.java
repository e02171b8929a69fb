package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.jobs.DeadLetters;
import org.caravox.publishing.RoutesSeen;
import org.caravox.publishing.RoutesSeen.Count;
import org.caravox.publishing.RoutesSeen.Failure;
import org.caravox.publishing.RoutesSeen.Message;
import org.caravox.publishing.RoutesSeen.Trace;
import org.caravox.publishing.RoutesSeen.Visit;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Role;
import org.jspecify.annotations.Nullable;

/** What is seen of the routes of this hub: {@code /routes/graph}, {@code /counts}, {@code /traces} and failures. */
public final class RouteSeenPages {

    private final RoutesSeen seen;
    private final DeadLetters letters;
    private final DeliveryLog deliveries;
    private final ObjectMapper json;
    private final Clock clock;

    /** The answer of {@code GET /routes/counts}. */
    record Counts(Instant at, List<StepCount> steps) {}

    /** How a step does. */
    record StepCount(
            String route,
            String step,
            long version,
            long done,
            long failed,
            long inFlight,
            double meanMs,
            double p99Ms) {

        static StepCount of(Count count) {
            return new StepCount(
                    count.route(),
                    count.step(),
                    count.version(),
                    count.done(),
                    count.failed(),
                    count.inFlight(),
                    millis(count.mean()),
                    millis(count.p99()));
        }
    }

    /** The answer of {@code GET /routes/{id}/failures}. */
    record Failures(List<Failure> failures) {}

    /** The answer of {@code GET /routes/traces}. */
    record Traces(List<Way> traces) {}

    /** A way without its steps is one of many. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Way(
            String id,
            String what,
            @Nullable String tenant,
            Instant at,
            String route,
            double tookMs,
            @Nullable String error,
            @Nullable Message message,
            @Nullable List<Step> steps,
            @Nullable Integer more) {

        static Way brief(Trace trace) {
            return of(trace, null, null, null);
        }

        static Way whole(Trace trace) {
            return of(
                    trace,
                    trace.message(),
                    trace.visits().stream().map(Step::of).toList(),
                    trace.more());
        }

        private static Way of(
                Trace trace, @Nullable Message message, @Nullable List<Step> steps, @Nullable Integer more) {
            return new Way(
                    trace.id(),
                    trace.what(),
                    trace.tenant(),
                    trace.at(),
                    trace.route(),
                    millis(trace.took()),
                    trace.error(),
                    message,
                    steps,
                    more);
        }
    }

    /** A step of a way. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Step(
            String route, String step, long version, double afterMs, @Nullable Double tookMs, @Nullable String error) {

        static Step of(Visit visit) {
            return new Step(
                    visit.route(),
                    visit.step(),
                    visit.version(),
                    millis(visit.after()),
                    visit.took().map(RouteSeenPages::millis).orElse(null),
                    visit.error());
        }
    }

    /** The answer of a replay. */
    record Replayed(String id, String what) {}

    public RouteSeenPages(
            RoutesSeen seen, DeadLetters letters, DeliveryLog deliveries, ObjectMapper json, Clock clock) {
        this.seen = seen;
        this.letters = letters;
        this.deliveries = deliveries;
        this.json = json;
        this.clock = clock;
    }

    /** {@code GET /routes/graph}. */
    public void graph(Exchange exchange) throws IOException {
        look(exchange);
        Answers.write(json, exchange, 200, seen.drawing());
    }

    /** {@code GET /routes/counts}. */
    public void counts(Exchange exchange) throws IOException {
        look(exchange);
        List<StepCount> steps = seen.counts().stream().map(StepCount::of).toList();
        Answers.write(json, exchange, 200, new Counts(clock.instant(), steps));
    }

    /** {@code GET /routes/{id}/failures}. */
    public void failures(Exchange exchange) throws IOException {
        look(exchange);
        Answers.write(json, exchange, 200, new Failures(seen.failures(route(id(exchange)))));
    }

    /** {@code GET /routes/traces}. */
    public void traces(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.VIEWER);
        Query query = Query.of(exchange, Set.of("route", "limit"), json);
        String route = query.text("route");
        List<Trace> last = seen.last(route == null ? null : route(route), query.limit());
        Answers.write(
                json, exchange, 200, new Traces(last.stream().map(Way::brief).toList()));
    }

    /** {@code GET /routes/traces/{id}}. */
    public void trace(Exchange exchange) throws IOException {
        look(exchange);
        List<Way> ways = found(id(exchange)).stream().map(Way::whole).toList();
        Answers.write(json, exchange, 200, new Traces(ways));
    }

    /** {@code POST /routes/traces/{id}/replay}: what the hub has kept whole is done again. */
    public void replay(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.PUBLISHER);
        Trace last = latest(id(exchange));
        UUID id = RequestIds.parse("message", last.id());
        if (last.what().equals("delivery")) {
            deliveries.replay(String.valueOf(last.tenant()), id);
        } else {
            letters.replay(null, id);
        }
        Answers.write(json, exchange, 202, new Replayed(last.id(), last.what()));
    }

    private Trace latest(String id) {
        List<Trace> ways = found(id);
        Trace last = ways.get(ways.size() - 1);
        if (last.what().equals("message")) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "only jobs, deliveries and dead letters are done again: try this message with POST /routes/dry-run");
        }
        return last;
    }

    private List<Trace> found(String id) {
        List<Trace> ways = seen.traces(id);
        if (ways.isEmpty()) {
            throw Refusal.notFound("message " + Fields.printable(id)
                    + " not found: this hub has not had it since its start, or has had too many since");
        }
        return ways;
    }

    private String route(String id) {
        if (seen.drawing().routes().stream().noneMatch(route -> route.id().equals(id))) {
            throw Refusal.notFound("route " + Fields.printable(id) + " not found");
        }
        return id;
    }

    private void look(Exchange exchange) {
        Callers.caller(exchange).require(Role.VIEWER);
        Query.of(exchange, Set.of(), json);
    }

    private static String id(Exchange exchange) {
        return String.valueOf(exchange.getMessage().getHeader("id", String.class));
    }

    private static double millis(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1e3;
    }
}
