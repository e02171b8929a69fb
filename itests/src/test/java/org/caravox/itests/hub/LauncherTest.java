package org.caravox.itests.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code ./hub} says by itself, of commands that are not the hub's. */
class LauncherTest {

    @ParameterizedTest
    @CsvSource({
        "fakes, --port=N",
        "services, ./hub services status",
        "build, ./hub build",
        "test, ./hub test [MAVEN OPTIONS]",
    })
    void help_tells_of_every_command(String command, String told) throws Exception {
        Process help = new ProcessBuilder(Project.root().resolve("hub").toString(), "help", command)
                .redirectErrorStream(true)
                .start();
        String said = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(help.waitFor()).as(said).isZero();
        assertThat(said).contains(told);
    }
}
