package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.Test;

/** Routes are written so that people and visual editors find their way. */
class RoutesTest {

    private static final Pattern MENU = Pattern.compile("(?s)```yaml\\n(.*?)```");

    @Test
    void the_routes_that_are_shipped_keep_the_rules_that_edits_are_held_against() {
        RouteFiles files = RouteFiles.read(Path.of("..", "routes"));

        assertThat(files.texts()).hasSizeGreaterThan(100);
        assertThat(RouteCheckConfiguration.lint().check(files, RouteFiles.NONE)).isEmpty();
    }

    @Test
    void the_menu_that_the_page_of_steps_shows_keeps_them_too() throws IOException {
        Matcher menu = MENU.matcher(Files.readString(Path.of("..", "docs", "calls", "steps.md")));
        RouteFiles own = RouteFiles.read(Path.of("..", "routes"));

        assertThat(menu.find()).isTrue();
        Map<String, String> files = new TreeMap<>(own.texts());
        files.put("calls/menu.camel.yaml", menu.group(1));
        assertThat(RouteCheckConfiguration.lint().check(RouteFiles.of(files), own))
                .isEmpty();
    }
}
