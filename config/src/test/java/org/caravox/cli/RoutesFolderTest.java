package org.caravox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is fetched does not overwrite what was changed in the folder. */
@SuppressWarnings("NullAway") // set by JUnit
class RoutesFolderTest {

    private static final RouteFiles BEFORE =
            RouteFiles.of(Map.of("a.camel.yaml", "a", "b.camel.yaml", "b", "c.camel.yaml", "c"));

    @TempDir
    private Path path;

    private final RoutesFolder folder = new RoutesFolder();
    private final JsonNode version =
            new ObjectMapper().createObjectNode().put("number", 7).put("digest", "d");

    @BeforeEach
    void fill() throws IOException {
        new CommandLine(folder).parseArgs("--folder", path.toString());
        for (Map.Entry<String, String> file : BEFORE.texts().entrySet()) {
            Files.writeString(path.resolve(file.getKey()), file.getValue());
        }
    }

    @Test
    void what_only_the_hub_has_changed_is_brought_and_what_was_changed_here_stays() throws IOException {
        Files.writeString(path.resolve("a.camel.yaml"), "mine");

        assertThat(folder.take(
                        BEFORE,
                        version,
                        BEFORE.with("b.camel.yaml", "theirs")
                                .with("d/d.camel.yaml", "d")
                                .without("c.camel.yaml"),
                        false))
                .isEmpty();

        assertThat(folder.read().texts())
                .isEqualTo(Map.of("a.camel.yaml", "mine", "b.camel.yaml", "theirs", "d/d.camel.yaml", "d"));
        assertThat(path.resolve(".version")).hasContent("7 d");
    }

    @Test
    void a_folder_that_comes_from_nowhere_gets_all_that_it_lacks_and_keeps_what_it_has() throws IOException {
        Files.delete(path.resolve("a.camel.yaml"));
        Files.writeString(path.resolve("b.camel.yaml"), "mine");
        RouteFiles before = folder.before(new HubClient("http://127.0.0.1:1", "nobody is asked"));

        assertThat(folder.take(before, version, BEFORE, false)).containsExactly("b.camel.yaml");
        assertThat(folder.read()).isEqualTo(BEFORE.with("b.camel.yaml", "mine"));

        Files.delete(path.resolve("b.camel.yaml"));
        assertThat(folder.take(before, version, BEFORE, false)).isEmpty();
        assertThat(folder.read()).isEqualTo(BEFORE);
        assertThat(path.resolve(".version")).hasContent("7 d");
    }

    @Test
    void what_both_have_changed_stays_and_is_told_unless_the_hub_is_to_win() throws IOException {
        Files.writeString(path.resolve("a.camel.yaml"), "mine");
        RouteFiles after = BEFORE.with("a.camel.yaml", "theirs");

        assertThat(folder.take(BEFORE, version, after, false)).containsExactly("a.camel.yaml");
        assertThat(path.resolve("a.camel.yaml")).hasContent("mine");
        assertThat(path.resolve(".version")).doesNotExist();

        assertThat(folder.take(BEFORE, version, after, true)).isEmpty();
        assertThat(path.resolve("a.camel.yaml")).hasContent("theirs");
    }
}
