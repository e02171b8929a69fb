package org.caravox.itests.audio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.caravox.itests.hub.Project;

/** Recordings of people, which are kept beside the project where they are kept at all. */
public final class SharedAudio {

    private static final Path FOLDER = Project.root().resolveSibling("shared").resolve("audio");

    private SharedAudio() {}

    /** Skips the test where there are none. */
    public static void assumePresent() {
        assumeTrue(
                Files.isRegularFile(FOLDER.resolve("manifest.tsv")),
                "no recordings of people in ../shared/audio: word error rates are not measured");
    }

    /** The files, and what is said on their channels. */
    public static Map<String, List<String>> references() {
        return References.in(FOLDER.resolve("manifest.tsv"), "reference");
    }

    public static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
