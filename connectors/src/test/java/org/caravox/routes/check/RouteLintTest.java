package org.caravox.routes.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RouteLintTest {

    private static final RouteLint LINT =
            new RouteLint(Set.of("location", "retry-after"), Map.of("agent-turn", "each turn of an agent"));
    private static final RouteFiles OWN = RouteFiles.read(Path.of("..", "routes"));

    static List<BadFiles> files() throws IOException {
        return BadFiles.read("/routes/bad-files.txt");
    }

    @ParameterizedTest
    @MethodSource("files")
    void what_is_wrong_is_told_with_its_place_and_what_to_write(BadFiles bad) {
        assertThat(told(LINT.check(bad.files(), RouteFiles.NONE))).isEqualTo(String.join("\n", bad.said()));
    }

    @Test
    void nothing_is_wrong_with_the_routes_of_the_hub() {
        assertThat(LINT.check(OWN, RouteFiles.NONE)).isEmpty();
    }

    @Test
    void a_deleted_route_is_missed_by_all_who_call_it() {
        List<Finding> findings = LINT.check(OWN.without("transcribe/transcribe.camel.yaml"), OWN);

        assertThat(findings)
                .extracting(Finding::file)
                .contains("jobs/run-job.camel.yaml", "transcribe/transcribe-now.camel.yaml");
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.line()).isPositive();
            assertThat(finding.problem())
                    .isEqualTo(
                            "there is no route from direct:transcribe any more: transcribe/transcribe.camel.yaml had it");
            assertThat(finding.remedy()).isEqualTo("keep that route, or send elsewhere");
        });
    }

    @Test
    void a_route_that_the_hub_itself_calls_cannot_be_deleted() {
        assertThat(told(LINT.check(OWN.without("calls/agent-turn.camel.yaml"), OWN)))
                .isEqualTo(
                        "calls/agent-turn.camel.yaml: no route takes direct:agent-turn any more, and each turn of an agent sends to it;"
                                + " keep a route that is from direct:agent-turn");
    }

    @Test
    void who_calls_a_renamed_route_is_told_its_new_name() {
        String path = "jobs/enqueue-job.camel.yaml";
        String renamed = OWN.text(path).orElseThrow().replace("uri: direct:enqueue-job", "uri: direct:put-into-queue");

        assertThat(LINT.check(OWN.with(path, renamed), OWN)).isNotEmpty().allSatisfy(finding -> assertThat(
                        finding.remedy())
                .isEqualTo("write \"direct:put-into-queue\", as it is called now"));
    }

    @Test
    void a_text_that_only_repeats_itself_is_refused_before_it_grows() {
        StringBuilder bomb = new StringBuilder("- route:\n    a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char each = 'b'; each < 'k'; each++) {
            char before = (char) (each - 1);
            bomb.append("    %s: &%s [*%s, *%s, *%s, *%s, *%s, *%s, *%s]\n"
                    .formatted(each, each, before, before, before, before, before, before, before));
        }

        assertThat(LINT.check(RouteFiles.of(Map.of("bomb.camel.yaml", bomb.toString())), RouteFiles.NONE))
                .first()
                .extracting(Finding::toString)
                .isEqualTo("bomb.camel.yaml:2:8: the anchor &a lets pieces be repeated, which visual editors lose;"
                        + " write each piece out where it is wanted");
    }

    private static String told(List<Finding> findings) {
        return String.join("\n", findings.stream().map(Finding::toString).toList());
    }
}
