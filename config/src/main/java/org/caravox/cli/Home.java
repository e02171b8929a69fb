package org.caravox.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where things are on this machine, as the launcher says. */
final class Home {

    private Home() {}

    /** The folder of the launcher. */
    static Path folder() {
        return Path.of(System.getProperty("caravox.home", "")).toAbsolutePath();
    }

    /** Where models and programs are unpacked. */
    static Path cache() {
        String set = System.getenv("CARAVOX_CACHE");
        return set == null ? Path.of(System.getProperty("user.home"), ".caravox", "cache") : Path.of(set);
    }

    static Path usualData() {
        return Path.of(System.getProperty("user.home"), ".caravox", "data");
    }

    /** Whether what is written to standard error is read by a person. */
    static boolean progressIsSeen() {
        return Boolean.getBoolean("caravox.terminal");
    }

    /** Whether what is written to standard output is read by a person, who likes colours. */
    static boolean coloursAreSeen() {
        return Boolean.getBoolean("caravox.colours") && System.getenv("NO_COLOR") == null;
    }

    /**
     * The key in a variable of the environment, or the one that a hub on this machine has kept: that one goes to hubs on
     * this machine only.
     */
    static Optional<String> key(String variable, Path data, String name, String url) {
        String given = System.getenv(variable);
        if (given != null && !given.isBlank()) {
            return Optional.of(given.strip());
        }
        if (!url.matches("https?://(localhost|127\\.[0-9.]+|\\[::1])(:\\d+)?/?")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Files.readString(data.resolve("keys").resolve(name)).strip());
        } catch (java.io.IOException e) {
            return Optional.empty();
        }
    }
}
