package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Kamelet is a contract: what it declares, it uses, and what it uses, it declares. */
class KameletsTest {

    private static final Path ROUTES = Path.of("..", "routes");
    private static final String ENDING = ".kamelet.yaml";
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\??(\\w+)}}");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES.resolve("kamelets"))) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void its_name_is_its_files_and_it_is_described(Path file) throws IOException {
        JsonNode kamelet = new YAMLMapper().readTree(file.toFile());

        assertThat(kamelet.at("/metadata/name").asText() + ENDING)
                .isEqualTo(file.getFileName().toString());
        assertThat(kamelet.at("/spec/definition/title").asText()).isNotBlank();
        assertThat(kamelet.at("/spec/definition/description").asText()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("files")
    void its_parameters_are_those_that_it_uses(Path file) throws IOException {
        JsonNode kamelet = new YAMLMapper().readTree(file.toFile());
        Set<String> declared = new TreeSet<>();
        kamelet.at("/spec/definition/properties").fieldNames().forEachRemaining(declared::add);

        Set<String> used = PLACE.matcher(kamelet.at("/spec/template").toString())
                .results()
                .map(place -> place.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).isEqualTo(declared);
    }

    @ParameterizedTest
    @MethodSource("files")
    void what_a_parameter_names_is_there(Path file) throws IOException {
        for (JsonNode property : new YAMLMapper().readTree(file.toFile()).at("/spec/definition/properties")) {
            String request = property.path("default").asText("");
            assertThat(request.isEmpty() || Files.exists(ROUTES.resolve("crm/requests/" + request + ".jslt")))
                    .as(request)
                    .isTrue();
        }
    }
}
