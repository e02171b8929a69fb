package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the hub's own routes do. */
class RouteCasesTest {

    private static final RouteFiles FILES = RouteFiles.read(Path.of("..", "routes"));

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseTests.of(FILES);
    }

    @Test
    void the_ways_of_work_have_cases() {
        assertThat(FILES.texts().keySet())
                .contains(
                        "transcribe/test/transcribe-request.case.yaml",
                        "jobs/test/run-job.case.yaml",
                        "crm/test/salesforce.case.yaml",
                        "calls/test/answer-with-agent.case.yaml",
                        "deliveries/test/deliver.case.yaml");
    }
}
