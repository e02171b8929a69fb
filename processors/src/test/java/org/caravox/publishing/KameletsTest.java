package org.caravox.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KameletsTest {

    private static final String GREET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: greet
            spec:
              definition:
                title: Greet
                description: Greets somebody
                required: [whom]
                properties:
                  politely:
                    title: Politely
                    description: Whether it is polite
                    type: boolean
                    enum: ["true", "false"]
                    default: "true"
                    example: "true"
                  whom:
                    title: Whom
                    description: Who is greeted
                    type: string
                    example: Anna
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - log: "{{whom}} {{politely}}"
            """;

    private static RouteFiles greet(String text) {
        return RouteFiles.of(Map.of("kamelets/greet.kamelet.yaml", text, "greet/greet.camel.yaml", "- route: {}"));
    }

    private static String only(String text) {
        assertThat(Kamelets.check(greet(text))).hasSize(1);
        return Kamelets.check(greet(text)).get(0).toString();
    }

    @Test
    void a_kamelet_is_listed_with_what_it_takes_and_what_to_paste() {
        Kamelet kamelet = Kamelets.of(greet(GREET)).get(0);

        assertThat(kamelet.parameters()).extracting(Kamelet.Parameter::name).containsExactly("whom", "politely");
        assertThat(kamelet.parameters().get(0).preset()).isNull();
        assertThat(kamelet.parameters().get(1).preset()).isEqualTo("true");
        assertThat(kamelet.snippet())
                .isEqualTo(
                        """
                        - to:
                            id: greet-1
                            uri: kamelet:greet
                            parameters:
                              whom: Anna
                        """);
    }

    @Test
    void one_that_keeps_to_what_it_declares_has_no_findings() {
        assertThat(Kamelets.check(greet(GREET))).isEmpty();
    }

    @Test
    void a_placeholder_that_is_not_declared_is_found() {
        assertThat(only(GREET.replace("{{politely}}", "{{politely}} {{loudly}}")))
                .isEqualTo("kamelets/greet.kamelet.yaml:27: {{loudly}} is not declared;"
                        + " declare the parameter loudly under properties:");
    }

    @Test
    void a_parameter_that_is_not_used_is_found() {
        assertThat(only(GREET.replace(" {{politely}}", "")))
                .isEqualTo("kamelets/greet.kamelet.yaml:11: the parameter politely is declared and not used;"
                        + " write {{politely}} where it is wanted, or take it out");
    }

    @Test
    void a_parameter_without_an_example_is_found() {
        assertThat(only(GREET.replace("        example: Anna\n", "")))
                .contains("the parameter whom has no example; write example: under it");
    }

    @Test
    void a_parameter_that_may_be_left_out_needs_a_default() {
        assertThat(only(GREET.replace("required: [whom]", "required: []")))
                .contains("the parameter whom may be left out and has no default");
    }

    @Test
    void a_secret_is_marked() {
        assertThat(only(GREET.replace("whom", "greetingToken")))
                .contains("the parameter greetingToken is not marked as a secret; write format: password");
    }

    @Test
    void one_in_a_file_of_another_name_is_found() {
        assertThat(only(GREET.replace("name: greet", "name: meet"))).contains("name the file meet.kamelet.yaml");
    }
}
