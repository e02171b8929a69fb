package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.caravox.publishing.Kamelet;
import org.caravox.publishing.Kamelets;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Kamelet is a contract: what it declares, it uses, and what it uses, it declares. */
class KameletsTest {

    private static final Path ROUTES = Path.of("..", "routes");
    private static final RouteFiles FILES = RouteFiles.read(ROUTES);

    static List<Kamelet> kamelets() {
        return Kamelets.of(FILES);
    }

    @Test
    void each_declares_what_it_uses_uses_what_it_declares_and_explains_it() {
        assertThat(kamelets()).hasSizeGreaterThan(15);
        assertThat(Kamelets.check(FILES)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void its_snippet_is_a_step_that_uses_it(Kamelet kamelet) throws IOException {
        JsonNode step = new YAMLMapper().readTree(kamelet.snippet()).at("/0/to");

        assertThat(step.path("uri").asText()).isEqualTo("kamelet:" + kamelet.name());
        kamelet.parameters()
                .forEach(parameter -> assertThat(step.path("parameters").has(parameter.name()))
                        .as(parameter.name())
                        .isEqualTo(parameter.required()));
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void the_request_to_a_crm_that_a_parameter_names_is_there(Kamelet kamelet) {
        if (kamelet.name().matches("(hubspot|salesforce)-.*")) {
            assertThat(kamelet.parameters())
                    .allSatisfy(parameter -> assertThat(ROUTES.resolve("crm/requests/" + parameter.preset() + ".jslt"))
                            .isRegularFile());
        }
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void it_lies_in_the_folder_of_kamelets(Kamelet kamelet) {
        assertThat(Files.exists(ROUTES.resolve("kamelets/" + kamelet.name() + ".kamelet.yaml")))
                .isTrue();
    }
}
