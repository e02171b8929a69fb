package org.caravox.itests.calls;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** sipp (Debian package sip-tester). Its exit status is 0 when all of its calls went as the scenario says. */
final class Sipp {

    private static final Path SCENARIOS = Path.of("src/test/resources/sip").toAbsolutePath();

    private Sipp() {}

    static void assumePresent() {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "sipp"))),
                "sipp is not installed: apt-get install sip-tester");
    }

    static Path scenario(String name) {
        return SCENARIOS.resolve(name);
    }

    /** @param folder where it writes to */
    static Process start(Path folder, int port, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("timeout", "110", "sipp", "127.0.0.1:" + port, "-i", "127.0.0.1"));
        command.addAll(List.of("-p", Integer.toString(FreePorts.next()), "-timeout", "100", "-nostdin"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sipp.log").toFile())
                .start();
    }
}
