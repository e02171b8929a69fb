package org.caravox.routes.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteTrial.Outcome;
import org.caravox.publishing.RouteTrial.Step;
import org.caravox.publishing.RoutesRefused;
import org.junit.jupiter.api.Test;

/** A message is tried step by step. */
class TrialRunnerTest {

    private static final RouteFiles ROUTES = RouteFiles.of(
            Map.of(
                    "a/count.camel.yaml",
                    """
            - route:
                id: count
                from:
                  id: from-count
                  uri: timer:count
                  steps:
                    - setProperty:
                        id: note
                        name: seen
                        expression:
                          simple:
                            expression: ${body}
                    - to:
                        id: more
                        uri: direct:more
            """,
                    "a/more.camel.yaml",
                    """
            - route:
                id: more
                from:
                  id: from-more
                  uri: direct:more
                  steps:
                    - setHeader:
                        id: mark
                        name: marked
                        expression:
                          constant:
                            expression: "yes"
                    - to:
                        id: out
                        uri: http://example.com/in?secret=abc
            """));

    private final TrialRunner trials = new TrialRunner(new Surroundings(Map.of(), name -> null, Duration.ofSeconds(5)));

    @Test
    void each_step_shows_what_came_and_what_it_changed() {
        Outcome outcome = trials.run(ROUTES, "count", "{body: hello, endpoints: {\"http:*\": {body: thanks}}}");

        assertThat(outcome.failure()).isNull();
        assertThat(outcome.steps()).extracting(Step::id).containsExactly("note", "more", "mark", "out");
        assertThat(outcome.steps()).extracting(Step::route).containsExactly("count", "count", "more", "more");
        assertThat(outcome.steps().get(0).in().body()).isEqualTo("hello");
        assertThat(outcome.steps().get(0).out().properties()).containsExactly(Map.entry("seen", "hello"));
        assertThat(outcome.steps().get(2).out().headers()).containsExactly(Map.entry("marked", "yes"));
        assertThat(outcome.end().body()).isEqualTo("thanks");
    }

    @Test
    void what_would_leave_the_hub_does_not_and_what_is_missing_is_told() {
        Outcome outcome = trials.run(ROUTES, "count", "{body: hello}");

        assertThat(outcome.failure()).contains("sends to http:example.com/in").doesNotContain("abc");
        assertThat(outcome.steps()).extracting(Step::id).contains("out");
    }

    @Test
    void long_bodies_are_cut() {
        Outcome outcome =
                trials.run(ROUTES, "count", "{body: " + "x".repeat(10_000) + ", endpoints: {\"http:*\": {}}}");

        assertThat(outcome.end().body()).hasSizeLessThan(4_096).endsWith(" ... (10000 bytes)");
    }

    @Test
    void a_message_that_cannot_be_read_is_refused() {
        assertThatThrownBy(() -> trials.run(ROUTES, "count", "{bodi: hello}"))
                .isInstanceOf(RoutesRefused.class)
                .hasMessage("message:1: given has no \"bodi\": did you mean \"body\"?");
        assertThatThrownBy(() -> trials.run(ROUTES, "cout", "{}"))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining("did you mean \"count\"?");
    }

    @Test
    void what_the_hub_knows_is_not_told_to_who_tries_a_route() {
        RouteFiles curious = RouteFiles.of(
                Map.of(
                        "a/curious.camel.yaml",
                        """
                - route:
                    id: curious
                    from:
                      id: from-curious
                      uri: direct:curious
                      steps:
                        - setProperty:
                            id: environment
                            name: path
                            expression:
                              simple:
                                expression: before ${body}
                        - setProperty:
                            id: placeholder
                            name: place
                            expression:
                              constant:
                                expression: "{{env:PATH}}"
                """));

        RouteFiles reading = RouteFiles.of(
                Map.of(
                        "a/reading.camel.yaml",
                        """
                - route:
                    id: reading
                    from:
                      id: from-reading
                      uri: direct:reading
                      steps:
                        - setBody:
                            id: disk
                            expression:
                              simple:
                                expression: resource:file:/etc/hostname
                """));

        assertThat(trials.run(curious, "curious", "{}").end().properties())
                .containsEntry("place", "left-out")
                .doesNotContainValue(System.getenv("PATH"));
        RouteFiles asking = RouteFiles.of(Map.of(
                "a/curious.camel.yaml",
                curious.text("a/curious.camel.yaml").orElseThrow().replace("before ${body}", "${env.PATH}")));

        assertThat(trials.run(asking, "curious", "{}").failure()).contains("a case knows the message alone");
        assertThat(trials.run(reading, "reading", "{}").failure()).contains("a/reading.camel.yaml cannot be loaded");
    }
}
