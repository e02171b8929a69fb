package org.caravox.routes.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;
import org.caravox.publishing.RouteCases.Result;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.Test;

/** Cases say what routes do, and what they do not. */
class CaseRunnerTest {

    /** A bean that only decides. */
    public static final class Shout {

        public String loud(@Body String text) {
            return text.toUpperCase(Locale.ROOT);
        }
    }

    private static final Surroundings SURROUNDINGS = within(Duration.ofSeconds(30));

    private static final RouteFiles ROUTES = RouteFiles.of(
            Map.of(
                    "greet/greet.camel.yaml",
                    """
            - route:
                id: greet
                from:
                  id: door
                  uri: platform-http:/greet
                  steps:
                    - bean:
                        id: be-loud
                        ref: shout
                        method: loud
                    - choice:
                        id: whether-known
                        when:
                          - id: is-known
                            expression:
                              simple:
                                expression: ${exchangeProperty.known} == 'yes'
                            steps:
                              - to:
                                  id: remember
                                  uri: direct:remember
                    - to:
                        id: tell
                        uri: "{{greetings.to}}"
            """,
                    "greet/remember.camel.yaml",
                    """
            - route:
                id: remember
                from:
                  id: from-remember
                  uri: direct:remember
                  steps:
                    - bean:
                        id: write-down
                        ref: records
                        method: write
            """,
                    "greet/forever.camel.yaml",
                    """
            - route:
                id: forever
                from:
                  id: from-forever
                  uri: direct:forever
                  steps:
                    - loop:
                        id: again
                        doWhile: true
                        expression:
                          constant:
                            expression: "true"
                        steps:
                          - setBody:
                              id: once-more
                              expression:
                                constant:
                                  expression: again
            """,
                    "greet/patient.camel.yaml",
                    """
            - route:
                id: patient
                from:
                  id: from-patient
                  uri: direct:patient
                  steps:
                    - delay:
                        id: wait
                        expression:
                          constant:
                            expression: "60000"
                    - wireTap:
                        id: aside
                        uri: direct:remember
            """));

    private static Surroundings within(Duration most) {
        return new Surroundings(
                Map.of("shout", new Shout()), name -> name.equals("greetings.to") ? "kafka:greetings" : null, most);
    }

    private static Result only(String cases) {
        List<Result> results =
                new CaseRunner(SURROUNDINGS).run(ROUTES.with("greet/test/greet.case.yaml", cases), RouteFiles.NONE);
        assertThat(results).hasSize(1);
        return results.get(0);
    }

    private static List<String> failures(String cases) {
        return only(cases).failures();
    }

    @Test
    void a_case_that_holds_says_where_it_stands() {
        Result result = only(
                """
                # what is said to people
                - case: A greeting is told
                  given:
                    body: hello
                    endpoints: {"kafka:greetings": {}}
                  then:
                    body: HELLO
                    sent: {"kafka:greetings": [{body: HELLO}], tell: 1}
                    notSent: ["direct:*", remember]
                """);

        assertThat(result.failures()).isEmpty();
        assertThat(result.file()).isEqualTo("greet/test/greet.case.yaml");
        assertThat(result.line()).isEqualTo(2);
        assertThat(result.route()).isEqualTo("greet");
        assertThat(result.name()).isEqualTo("A greeting is told");
    }

    @Test
    void expected_and_got_stand_side_by_side() {
        assertThat(
                        failures(
                                """
                        - case: A greeting is told
                          given:
                            body: hello
                            endpoints: {"{{greetings.to}}": {}}
                          then:
                            body: Hello
                        """))
                .containsExactly(
                        """
                        body
                          expected                                       | got
                          Hello                                          | HELLO""");
    }

    @Test
    void an_endpoint_that_is_not_replaced_is_not_called_and_the_case_says_what_to_write() {
        assertThat(failures("- case: A greeting is told\n  given: {body: hello}\n"))
                .containsExactly(
                        """
                        the step tell sends to kafka:greetings, and nothing is sent in a case: write under given
                          endpoints: {"kafka:greetings": {}}""");
    }

    @Test
    void a_bean_with_effects_is_not_asked_and_the_case_says_what_to_write() {
        assertThat(failures(
                        "- case: Who is known is remembered\n  given: {body: hello, properties: {known: \"yes\"}}\n"))
                .containsExactly(
                        """
                        the step write-down asks the bean records, which is not asked in a case: write what comes of it under given
                          steps: {write-down: {}}""");
    }

    @Test
    void a_case_that_hangs_is_ended_and_those_behind_it_run() {
        List<Result> results = new CaseRunner(within(Duration.ofMillis(500)))
                .run(
                        ROUTES.with(
                                "greet/test/forever.case.yaml",
                                """
                                - case: It never ends
                                - case: It is not reached
                                  given: {steps: {again: {body: done}}}
                                  then: {body: done}
                                """),
                        RouteFiles.NONE);

        assertThat(results).hasSize(2);
        assertThat(results.get(0).failures())
                .singleElement()
                .asString()
                .containsAnyOf("it had not ended after 500 ms; it was at the step ", "it was stopped after 2000 steps");
        assertThat(results.get(1).failures()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("route-cases") && thread.isAlive())
                .allSatisfy(thread -> {
                    thread.join(2_000);
                    assertThat(thread.isAlive()).isFalse();
                });
    }

    @Test
    void waits_are_not_waited_for_and_what_is_done_aside_is_done() {
        assertThat(
                        failures(
                                """
                        - case: Sooner or later
                          when: patient
                          given: {body: hello, steps: {write-down: {}}}
                          then: {sent: {"direct:remember": [{body: hello}], write-down: 1}}
                        """))
                .isEmpty();
    }

    @Test
    void a_word_that_nobody_knows_is_told_with_its_line_and_what_was_meant() {
        assertThat(failures("- case: A greeting\n  given:\n    bdy: hello\n"))
                .containsExactly("greet/test/greet.case.yaml:3: given has no \"bdy\": did you mean \"body\"?");
        assertThat(failures("- case: A greeting\n  given:\n    steps: {be-lout: {}}\n"))
                .containsExactly("greet/test/greet.case.yaml:3: steps has no \"be-lout\": did you mean \"be-loud\"?");
        assertThat(failures("- case: A greeting\n  when: great\n"))
                .containsExactly("greet/test/greet.case.yaml:2: there is no route great: did you mean \"greet\"?");
        assertThat(failures("- case: A greeting\n  then:\n    notSent: [\"direct:rember\"]\n"))
                .containsExactly("greet/test/greet.case.yaml:3: there is no route from direct:rember:"
                        + " did you mean \"remember\"?");
        assertThat(failures("- case: A greeting\n  given:\n    body: !Transcrip {}\n"))
                .containsExactly("greet/test/greet.case.yaml:3: there is no !Transcrip: did you mean \"Transcript\"?");
        assertThat(failures("- case: A greeting\n  given: {body: \"open\n"))
                .singleElement()
                .asString()
                .startsWith("greet/test/greet.case.yaml:")
                .contains("this is not YAML");
    }

    @Test
    void a_route_that_fails_where_it_should_not_is_told_with_its_reason() {
        assertThat(
                        failures(
                                """
                        - case: A greeting is told
                          given:
                            body: hello
                            endpoints: {"kafka:*": {fail: the broker is away}}
                        """))
                .containsExactly(
                        """
                        the route failed at the step tell
                          expected                                       | got
                          it ends well                                   | FailedAsGiven: the broker is away""");
    }

    @Test
    void only_cases_that_a_change_can_reach_are_run() {
        RouteFiles before = ROUTES.with(
                        "greet/test/greet.case.yaml",
                        "- case: A\n  given: {steps: {be-loud: {fail: x}}}\n  then: {fails: x}\n")
                .with("greet/test/forever.case.yaml", "- case: B\n  given: {steps: {again: {}}}\n");
        String changed = before.text("greet/remember.camel.yaml").orElseThrow() + "# changed\n";

        List<Result> results =
                new CaseRunner(SURROUNDINGS).run(before.with("greet/remember.camel.yaml", changed), before);

        assertThat(results).extracting(Result::name).containsExactly("A");
    }

    @Test
    void a_tenants_own_route_takes_its_work() {
        RouteFiles own = ROUTES.with(
                "for/globex/greet.camel.yaml",
                """
                - route:
                    id: greet
                    from:
                      id: door
                      uri: platform-http:/greet
                      steps:
                        - setBody:
                            id: be-cold
                            expression:
                              constant:
                                expression: what
                """);

        List<Result> results = new CaseRunner(SURROUNDINGS)
                .run(
                        own.with(
                                "greet/test/greet.case.yaml",
                                """
                                - case: Globex is cold
                                  given: {properties: {tenant: globex}}
                                  then: {body: what}
                                - case: Others are loud
                                  given: {body: hello, endpoints: {"kafka:*": {}}}
                                  then: {body: HELLO}
                                """),
                        RouteFiles.NONE);

        assertThat(results).allSatisfy(result -> assertThat(result.failures()).isEmpty());
    }
}
