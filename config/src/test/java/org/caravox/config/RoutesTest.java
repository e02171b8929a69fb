package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.Test;

/** Routes are written so that people and visual editors find their way. */
class RoutesTest {

    @Test
    void the_routes_that_are_shipped_keep_the_rules_that_edits_are_held_against() {
        RouteFiles files = RouteFiles.read(Path.of("..", "routes"));

        assertThat(files.texts()).hasSizeGreaterThan(100);
        assertThat(RouteCheckConfiguration.lint().check(files, RouteFiles.NONE)).isEmpty();
    }
}
