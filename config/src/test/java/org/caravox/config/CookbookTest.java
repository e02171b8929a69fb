package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.caravox.publishing.Kamelets;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cookbook says is what its files say, and they are the hub's own routes with one edit. */
class CookbookTest {

    private static final Path ROUTES = Path.of("..", "routes");
    private static final Path PAGE = Path.of("..", "docs", "cookbook.md");
    private static final Path EDITS = Path.of("..", "docs", "cookbook");
    private static final Pattern QUOTED = Pattern.compile("(?s)`([\\w./-]+)`:\\n\\n```\\w+\\n(.*?)```\\n");
    private static final Pattern FOLDER = Pattern.compile("`docs/cookbook/([\\w-]+)`");

    /** A piece of a file, as the page shows it. */
    private record Quote(String file, String text) {}

    static List<Path> edits() throws IOException {
        try (Stream<Path> folders = Files.list(EDITS)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static RouteFiles files(Path edit) {
        return RouteFiles.read(edit.resolve("routes"));
    }

    @Test
    void there_are_ten_edits() throws IOException {
        assertThat(edits()).hasSize(10);
    }

    @ParameterizedTest
    @MethodSource("edits")
    void the_page_shows_every_file_of_an_edit_as_it_is(Path edit) throws IOException {
        List<Quote> quotes = quotes(edit);

        assertThat(quotes).allSatisfy(quote -> assertThat(Files.readString(edit.resolve(quote.file())))
                .contains(quote.text()));
        assertThat(quotes.stream().map(Quote::file).distinct().sorted().toList())
                .isEqualTo(names(edit));
    }

    private static List<String> names(Path edit) throws IOException {
        try (Stream<Path> all = Files.walk(edit)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> edit.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<Quote> quotes(Path edit) throws IOException {
        for (String section : Files.readString(PAGE).split("\n## ", -1)) {
            Matcher folder = FOLDER.matcher(section);
            if (folder.find() && folder.group(1).equals(edit.getFileName().toString())) {
                return QUOTED.matcher(section)
                        .results()
                        .map(quote -> new Quote(quote.group(1), quote.group(2)))
                        .toList();
            }
        }
        return List.of();
    }

    @ParameterizedTest
    @MethodSource("edits")
    void every_edit_is_proved_by_cases(Path edit) {
        assertThat(files(edit).texts().keySet()).anyMatch(path -> path.endsWith(".case.yaml"));
    }

    /** When the hub's own route changes, so does the cookbook. */
    @ParameterizedTest
    @MethodSource("edits")
    void the_steps_of_a_route_of_the_hub_that_is_edited_are_still_there(Path edit) {
        files(edit).texts().forEach((path, text) -> RouteFiles.read(ROUTES)
                .text(path)
                .filter(own -> path.endsWith(".camel.yaml"))
                .ifPresent(own -> assertThat(ids(text)).as(path).containsAll(kept(edit, own))));
    }

    /** The fall-back hears by a Kamelet, which finds the recording by itself. */
    private static List<String> kept(Path edit, String own) {
        return ids(own).stream()
                .filter(id -> !(edit.endsWith("fall-back-provider") && id.equals("find-recording")))
                .toList();
    }

    private static List<String> ids(String yaml) {
        return tree(yaml).findValuesAsText("id");
    }

    private static JsonNode tree(String yaml) {
        try {
            return new YAMLMapper().readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The hub's own files with an edit over them. */
    private static RouteFiles edited(Path edit) {
        Map<String, String> all = new TreeMap<>(RouteFiles.read(ROUTES).texts());
        all.putAll(files(edit).texts());
        return RouteFiles.of(all);
    }

    @ParameterizedTest
    @MethodSource("edits")
    void an_edit_keeps_the_rules_that_publishing_holds_it_against(Path edit) {
        assertThat(RouteCheckConfiguration.lint().check(edited(edit), RouteFiles.read(ROUTES)))
                .isEmpty();
    }

    /** Those of the edit, and those of the hub's own that it can reach. */
    @TestFactory
    Stream<DynamicContainer> cases_hold() throws IOException {
        RouteFiles own = RouteFiles.read(ROUTES);
        return edits().stream()
                .map(edit -> DynamicContainer.dynamicContainer(
                        edit.getFileName().toString(), CaseTests.of(edited(edit), own)));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void the_kamelets_that_an_edit_uses_are_there(Path edit) {
        List<String> names = Kamelets.of(edited(edit)).stream()
                .map(kamelet -> "kamelet:" + kamelet.name())
                .toList();

        files(edit).texts().entrySet().stream()
                .filter(file -> file.getKey().endsWith(".camel.yaml"))
                .forEach(file -> assertThat(tree(file.getValue()).findValuesAsText("uri").stream()
                                .filter(uri -> uri.startsWith("kamelet:")))
                        .as(file.getKey())
                        .isSubsetOf(names));
    }
}
