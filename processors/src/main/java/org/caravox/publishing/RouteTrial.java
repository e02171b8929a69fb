package org.caravox.publishing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has a message go through routes that are not in force, on the side: nothing outside is called, nothing is stored. */
public interface RouteTrial {

    /** What is shown of one value, in bytes. */
    int MOST_SHOWN = 4096;

    /**
     * A message as it was at one moment; long values are cut.
     *
     * @param body       as text; JSON where it is a message of the hub's
     * @param headers    by name
     * @param properties of the exchange, by name
     */
    record Shown(String body, Map<String, String> headers, Map<String, String> properties) {

        /** Copies them. */
        public Shown {
            headers = Map.copyOf(headers);
            properties = Map.copyOf(properties);
        }
    }

    /**
     * What one step did. Steps that hold others, as a choice, come before those that they hold.
     *
     * @param id      as in the file
     * @param route   whose step it is
     * @param in      what came
     * @param out     what left: the body, and those headers and properties that it changed or set
     * @param took    with the steps within
     * @param failure why it failed; null when it did not
     */
    record Step(String id, String route, Shown in, Shown out, Duration took, @Nullable String failure) {}

    /**
     * What came of it.
     *
     * @param steps   in the order in which they began
     * @param end     the message at the end
     * @param failure why it failed, or what is missing for it to go on; null when it ended well
     */
    record Outcome(List<Step> steps, Shown end, Duration took, @Nullable String failure) {

        /** Copies the steps. */
        public Outcome {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Tries a route.
     *
     * @param files all of them, as they would be in force
     * @param route the id of the route
     * @param given what comes in, and what providers, steps and endpoints answer: what cases have under {@code given}, as
     *              YAML or JSON
     * @throws RoutesRefused when files or message cannot be understood
     */
    Outcome run(RouteFiles files, String route, String given);
}
