package org.caravox.itests.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.caravox.itests.hub.Project;

/**
 * {@code ./hub services} for one set.
 *
 * @param data the set's folder
 */
record ServicesCommand(Path data) {

    /** Time to fetch and install, the first time. */
    private static final Duration WITHIN = Duration.ofMinutes(15);

    /**
     * How it ended.
     *
     * @param status its exit status
     * @param printed all that it printed
     */
    record Ran(int status, String printed) {}

    Ran run(String action, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(Project.root().resolve("hub").toString(), "services", action));
        command.addAll(List.of("--data", data.toString()));
        command.addAll(List.of(arguments));
        try {
            Path printed = Files.createTempFile("services-", ".txt");
            try {
                return new Ran(status(command, printed), Files.readString(printed));
            } finally {
                Files.delete(printed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it, fails the test unless it succeeds, and returns what it printed. */
    String succeed(String action, String... arguments) {
        Ran ran = run(action, arguments);
        assertThat(ran.status())
                .as(() -> action + " " + List.of(arguments) + ": " + ran.printed())
                .isZero();
        return ran.printed();
    }

    private static int status(List<String> command, Path printed) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertThat(process.waitFor(WITHIN.toMillis(), TimeUnit.MILLISECONDS))
                    .as(() -> command + " ends within " + WITHIN)
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
