package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.caravox.itests.hub.Project;

/** A package of npm's, installed below {@code target} by the first test that needs it, and scripts that use it. */
final class NodePackage {

    private static final long INSTALL_WITHIN_SECONDS = 180;
    private static final long RUN_WITHIN_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    private NodePackage(Path folder) {
        this.folder = folder;
    }

    /**
     * Installs it, unless that was done before. Skips the test on a machine without npm.
     *
     * @param name    as npm knows it
     * @param version the exact one
     */
    static NodePackage installed(String name, String version) {
        assumeTrue(isThere("npm") && isThere("node"), "npm is missing, with which " + name + " is installed: skipped");
        Path folder = Project.root().resolve("itests/target/sdk/" + name.replace('/', '-') + "-" + version);
        synchronized (NodePackage.class) {
            if (!Files.isDirectory(folder.resolve("node_modules").resolve(name))) {
                install(folder, name + "@" + version);
            }
        }
        return new NodePackage(folder);
    }

    private static void install(Path folder, String what) {
        try {
            Files.createDirectories(folder);
            String log = run(
                    folder,
                    INSTALL_WITHIN_SECONDS,
                    List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString(), what));
            assertThat(folder.resolve("node_modules")).as(log).isDirectory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isThere(String program) {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** Runs a script of {@code src/test/sdk}, and reads the JSON that it prints. */
    JsonNode run(String script, String wanted, JsonNode arguments) {
        Path file = Project.root().resolve("itests/src/test/sdk").resolve(script);
        String said = run(folder, RUN_WITHIN_SECONDS, List.of("node", file.toString(), wanted, arguments.toString()));
        try {
            return JSON.readTree(said);
        } catch (IOException e) {
            throw new AssertionError(said, e);
        }
    }

    private static String run(Path folder, long withinSeconds, List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "said-", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.waitFor(withinSeconds, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
            String said = Files.readString(out);
            Files.delete(out);
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
