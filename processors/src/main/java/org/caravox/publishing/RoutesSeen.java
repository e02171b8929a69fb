package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an operator sees of the routes of this hub: what they are made of, how each step does, and the way that messages
 * took. Ids are those of the files, whatever version runs. Texts of messages are masked and cut.
 */
public interface RoutesSeen {

    /** What something drawn is. */
    enum Kind {
        /** A route. */
        ROUTE,
        /** What routes do about errors. */
        ERRORS,
        /** A Kamelet that routes use. */
        KAMELET
    }

    /**
     * A step.
     *
     * @param id    as its file has it
     * @param kind  the name of the step in YAML, like {@code bean}
     * @param label what it does: the bean, the address, the condition
     * @param steps those within it
     */
    record Step(String id, String kind, String label, List<Step> steps) {

        /** Copies the steps. */
        public Step {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Something drawn.
     *
     * @param id          of the route, the route configuration or the Kamelet
     * @param kind        which of these
     * @param description of the file; empty when it has none
     * @param from        where it takes messages from; empty for what is done about errors
     * @param steps       in order
     */
    record Drawn(String id, Kind kind, String description, String from, List<Step> steps) {

        /** Copies the steps. */
        public Drawn {
            steps = List.copyOf(steps);
        }
    }

    /** A step hands messages to another route, or to a Kamelet. */
    record Link(String from, String step, String to) {}

    /** All that runs. */
    record Drawing(List<Drawn> routes, List<Link> links) {

        /** Copies both. */
        public Drawing {
            routes = List.copyOf(routes);
            links = List.copyOf(links);
        }
    }

    /**
     * How a step does, since that version of it was loaded.
     *
     * @param version  of the route; 0 as it was loaded at the start
     * @param done     how often it ended
     * @param failed   how often of these with an error that is not the caller's fault
     * @param inFlight how often it runs now
     * @param mean     of the times that it took; zero when it never ended
     * @param p99      of the same, within 7 %
     */
    record Count(
            String route,
            String step,
            long version,
            long done,
            long failed,
            long inFlight,
            Duration mean,
            Duration p99) {}

    /**
     * A message as it came.
     *
     * @param of      the Java type of its body; empty for none
     * @param body    its text, masked, up to 4 kB; empty when it has none, or none that is text
     * @param headers masked
     */
    record Message(String of, String body, Map<String, String> headers) {

        /** Copies the headers. */
        public Message {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * A message that failed, by no fault of its sender.
     *
     * @param id      of the request, job or delivery
     * @param what    {@code request}, {@code job}, {@code delivery} or {@code message}
     * @param tenant  whose it is; null for nobody's
     * @param version of the route; 0 as it was loaded at the start
     * @param message as it was when the step failed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Failure(
            Instant at,
            String id,
            String what,
            @Nullable String tenant,
            String route,
            String step,
            long version,
            String error,
            Message message) {}

    /**
     * A message came by a step.
     *
     * @param after since the message came in
     * @param took  in the step; empty while it is there
     * @param error why it failed there; null when it did not
     */
    record Visit(
            String route, String step, long version, Duration after, Optional<Duration> took, @Nullable String error) {}

    /**
     * The way of a message.
     *
     * @param id     of the request, job or delivery; a request and the job that it became have the same
     * @param what   {@code request}, {@code job}, {@code delivery} or {@code message}
     * @param tenant whose it is; null for nobody's
     * @param route  where it came in
     * @param took   from then until it was done
     * @param error  why it failed, be it its sender's fault; null when it did not
     * @param visits in the order in which the steps began
     * @param more   how many steps after these are not told
     */
    record Trace(
            String id,
            String what,
            @Nullable String tenant,
            Instant at,
            String route,
            Duration took,
            @Nullable String error,
            Message message,
            List<Visit> visits,
            int more) {

        /** Copies the visits. */
        public Trace {
            visits = List.copyOf(visits);
        }
    }

    /** What runs now. */
    Drawing drawing();

    /** How the steps do that have had messages, by route, step and version. */
    List<Count> counts();

    /** The last messages that failed in a route, the newest first. */
    List<Failure> failures(String route);

    /** The ways of what has an id, the oldest first: a request and the attempts at its job. */
    List<Trace> traces(String id);

    /**
     * The ways of the last messages, the newest first.
     *
     * @param route that they came by; null for all
     * @param limit how many at most
     */
    List<Trace> last(@Nullable String route, int limit);
}
