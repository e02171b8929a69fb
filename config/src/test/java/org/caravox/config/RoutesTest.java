package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes are written so that people and visual editors find their way. */
class RoutesTest {

    private static final Path FOLDER = Path.of("..", "routes");
    /** Doors that bring work, stop it or have it done again, or try something: who did that is told by the work itself. */
    private static final Set<String> WORK = Set.of(
            "transcribe-request",
            "listen",
            "speak",
            "openai-transcribe",
            "openai-speak",
            "openai-chat",
            "cancel-job",
            "retry-job",
            "submit-batch",
            "open-batch",
            "close-batch",
            "cancel-batch",
            "test-webhook",
            "test-crm",
            "dry-run-crm",
            "try-lead-scores",
            "open-audiosocket",
            "check-routes",
            "test-routes",
            "dry-run-route",
            "record-case",
            "publish-routes", // these five write down who did it with the version
            "rollback-routes",
            "stage-routes",
            "promote-routes",
            "return-routes");

    private static final String ENDING = ".camel.yaml";

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_holds_one_route_that_is_named_like_it_and_described(Path file) throws IOException {
        JsonNode whole = new YAMLMapper().readTree(file.toFile());

        assertThat(whole).as("entries of the file").hasSize(1);
        JsonNode route = whole.get(0).elements().next();
        assertThat(route.path("id").asText() + ENDING)
                .isEqualTo(file.getFileName().toString());
        assertThat(route.path("description").asText()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_step_has_an_id(Path file) throws IOException {
        for (List<JsonNode> sequence : sequences(new YAMLMapper().readTree(file.toFile()))) {
            assertThat(sequence).allSatisfy(step -> assertThat(
                            step.elements().next().path("id").asText())
                    .isNotBlank());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_door_admits_before_anything_else_and_tells_its_callers_what_went_wrong(Path file) throws IOException {
        JsonNode route = new YAMLMapper().readTree(file.toFile()).get(0).path("route");
        if (!route.at("/from/uri").asText().startsWith("platform-http:")) {
            return;
        }

        assertThat(route.at("/from/steps/0/bean/ref").asText()).isEqualTo("admission");
        assertThat(route.path("routeConfigurationId").asText())
                .isIn("caller-errors", "deepgram-errors", "openai-errors");
        assertThat(route.at("/from/parameters/httpMethodRestrict").asText()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_door_that_changes_something_writes_down_who_did_it(Path file) throws IOException {
        JsonNode route = new YAMLMapper().readTree(file.toFile()).get(0).path("route");
        boolean audited = route.at("/from/steps/1/policy/ref").asText().equals("audited");
        String method = route.at("/from/parameters/httpMethodRestrict").asText();
        boolean changes = !method.isEmpty() && !method.equals("GET");

        assertThat(audited).isEqualTo(changes && !WORK.contains(route.path("id").asText()));
        if (audited) {
            assertThat(route.at("/from/steps")).hasSize(2);
            assertThat(route.at("/from/steps/1/policy/id").asText()).matches("[a-z-]+\\.[a-z-]+");
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void there_are_few_steps_and_no_scripts(Path file) throws IOException {
        JsonNode whole = new YAMLMapper().readTree(file.toFile());

        assertThat(sequences(whole)).allSatisfy(sequence -> assertThat(sequence).hasSizeLessThanOrEqualTo(8));
        assertThat(whole.findValues("groovy")).isEmpty();
        assertThat(whole.findValues("joor")).isEmpty();
        assertThat(whole.findValues("script")).isEmpty();
    }

    @Test
    void no_id_is_used_twice() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files()) {
            ids.addAll(new YAMLMapper().readTree(file.toFile()).findValuesAsText("id"));
        }

        assertThat(ids).hasSizeGreaterThan(files().size()).doesNotHaveDuplicates();
    }

    /** The sequences of steps in a route, those within others among them. */
    private static List<List<JsonNode>> sequences(JsonNode node) {
        List<List<JsonNode>> found = new ArrayList<>();
        node.properties().forEach(member -> {
            if (member.getKey().equals("steps")) {
                found.add(List.copyOf(member.getValue().valueStream().toList()));
            }
        });
        node.forEach(child -> found.addAll(sequences(child)));
        return found;
    }
}
