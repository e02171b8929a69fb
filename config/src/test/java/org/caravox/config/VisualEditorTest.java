package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes stay what Kaoto opens and draws: files of its names, by the schema that Camel publishes for it. */
class VisualEditorTest {

    private static final Path FOLDER = Path.of("..", "routes");

    private static JsonSchema schema;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream published = VisualEditorTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                    .getSchema(new ObjectMapper().readTree(Objects.requireNonNull(published)));
        }
    }

    static Stream<String> files() {
        return RouteFiles.read(FOLDER).texts().keySet().stream()
                .filter(path -> path.endsWith(".camel.yaml") || path.endsWith(".kamelet.yaml"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_is_by_camels_published_schema(String path) throws IOException {
        JsonNode whole = new YAMLMapper().readTree(FOLDER.resolve(path).toFile());

        assertThat(schema.validate(path.endsWith(".camel.yaml") ? whole : template(whole)))
                .isEmpty();
    }

    /** What a Kamelet does is a route without a name; the rest of it is Kubernetes' own. */
    private static JsonNode template(JsonNode kamelet) {
        assertThat(kamelet.path("apiVersion").asText()).isEqualTo("camel.apache.org/v1");
        assertThat(kamelet.path("kind").asText()).isEqualTo("Kamelet");
        assertThat(kamelet.at("/metadata/labels")
                        .path("camel.apache.org/kamelet.type")
                        .asText())
                .isIn("action", "sink", "source");
        return JsonNodeFactory.instance.arrayNode().add(kamelet.at("/spec/template"));
    }

    @Test
    void a_step_that_there_is_not_is_told() throws IOException {
        JsonNode wrong =
                new YAMLMapper().readTree("[{route: {id: a, from: {uri: 'direct:a', steps: [{beam: {ref: x}}]}}}]");

        assertThat(schema.validate(wrong)).anyMatch(each -> each.getMessage().contains("beam"));
    }

    @Test
    void yaml_that_is_no_route_has_no_name_of_one() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(FOLDER::relativize)
                            .map(Path::toString))
                    .allSatisfy(path -> assertThat(!path.endsWith(".yaml") || RouteFiles.belongs(path))
                            .as(path)
                            .isTrue());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void what_is_published_is_the_file_byte_for_byte(String path) throws IOException {
        String published = RouteFiles.read(FOLDER).text(path).orElseThrow();

        assertThat(published.getBytes(StandardCharsets.UTF_8)).isEqualTo(Files.readAllBytes(FOLDER.resolve(path)));
    }
}
