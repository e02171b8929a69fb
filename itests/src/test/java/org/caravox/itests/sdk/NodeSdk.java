package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.caravox.itests.hub.Programs;

/**
 * A vendor's SDK for Node.js at one version, as npm installs it, and the scripts under {@code src/test/sdk} that use it.
 *
 * @param folder where it is installed
 */
public record NodeSdk(Path folder) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SCRIPTS = Path.of("src/test/sdk").toAbsolutePath();
    private static final Duration INSTALL_WITHIN = Duration.ofMinutes(5);
    private static final Duration RUN_WITHIN = Duration.ofMinutes(2);

    /** Installs it below {@code target} unless it is there; without npm, skips the test. */
    public static synchronized NodeSdk install(String name, String version) {
        assumeTrue(
                Programs.find("node").isPresent() && Programs.find("npm").isPresent(),
                "no node and npm on the PATH: SDKs are not tested (apt-get install nodejs npm)");
        Path folder = Path.of("target/sdk/" + name.replaceAll("[^a-z0-9]+", "-") + "-" + version)
                .toAbsolutePath();
        try {
            Files.createDirectories(folder);
            if (!Files.isRegularFile(folder.resolve("installed"))) {
                Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
                run(
                        folder,
                        INSTALL_WITHIN,
                        List.of(
                                "npm",
                                "install",
                                "--save-exact",
                                "--ignore-scripts",
                                "--no-audit",
                                "--no-fund",
                                "--no-update-notifier",
                                name + "@" + version));
                Files.createFile(folder.resolve("installed"));
            }
            return new NodeSdk(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a script with a task, and reads the JSON that it prints. */
    public JsonNode run(String script, Object task) {
        try {
            String printed = run(
                    folder,
                    RUN_WITHIN,
                    List.of(
                            "node",
                            SCRIPTS.resolve(script).toString(),
                            folder.toString(),
                            JSON.writeValueAsString(task)));
            return JSON.readTree(printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(Path folder, Duration within, List<String> command) throws IOException {
        Path out = Files.createTempFile(folder, "out-", ".json");
        Path log = Files.createTempFile(folder, "log-", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(log.toFile())
                    .start();
            try {
                assertThat(process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS))
                        .as(() -> command + " ends within " + within)
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.exitValue())
                    .as(() -> command + ": " + text(log) + text(out))
                    .isZero();
            return text(out);
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(log);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
