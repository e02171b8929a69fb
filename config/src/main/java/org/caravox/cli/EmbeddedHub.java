package org.caravox.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A hub for one command: its own process, on a free port, with a data folder that goes with it. */
final class EmbeddedHub implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("Caravox is ready at (\\S+)");
    private static final int STOP_SECONDS = 40;

    private final Process process;
    private final Path data;
    private final boolean keep;
    private final boolean forget;
    private final HubClient client;
    private final String key;

    private EmbeddedHub(Process process, Path data, boolean keep, boolean forget, String url, String key) {
        this.process = process;
        this.data = data;
        this.keep = keep;
        this.forget = forget;
        this.key = key;
        this.client = new HubClient(url, key);
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param keep     whether it, and its data, is to outlive this command
     * @param settings by name, beside the usual ones
     * @param secrets  by name, for its environment
     * @throws HubFailure with the end of its log when it does not start
     */
    static EmbeddedHub start(boolean keep, Map<String, String> settings, Map<String, String> secrets)
            throws IOException {
        return start(keep, Files.createTempDirectory("caravox-"), !keep, settings, secrets);
    }

    /** Starts one on a data folder that stays: the next one goes on with what this one leaves. */
    static EmbeddedHub startOn(Path data) throws IOException {
        Files.createDirectories(data);
        return start(false, data, false, Map.of(), Map.of());
    }

    private static EmbeddedHub start(
            boolean keep, Path data, boolean forget, Map<String, String> settings, Map<String, String> secrets)
            throws IOException {
        Path log = data.resolve("hub.log");
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        String key = "cvx_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        List<String> command = new ArrayList<>(
                List.of(Home.folder().resolve("hub").toString(), "run", "--port", "0", "--data", data.toString()));
        if (!keep) {
            command.add("--with-parent");
        }
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CARAVOX_DEMO_KEY", key);
        builder.environment().putAll(secrets);
        if (keep) {
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        }
        Process process = builder.redirectOutput(log.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!keep) {
                stop(process, data, forget);
            }
        }));
        try {
            return new EmbeddedHub(process, data, keep, forget, waitUntilReady(process, log), key);
        } catch (HubFailure e) {
            stop(process, data, forget);
            throw e;
        }
    }

    /** Follows the log; the process ends by itself when it cannot start. */
    private static String waitUntilReady(Process process, Path log) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            while (true) {
                String line = lines.readLine();
                Matcher ready = line == null ? null : READY.matcher(line);
                if (ready != null && ready.find()) {
                    return ready.group(1);
                }
                if (line == null && process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    List<String> all = Files.readAllLines(log);
                    throw new HubFailure("the hub does not start:\n"
                            + String.join("\n", all.subList(Math.max(0, all.size() - 15), all.size())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubFailure("interrupted");
        }
    }

    HubClient client() {
        return client;
    }

    String key() {
        return key;
    }

    /** Ends it as a power cut would: what it was doing is lost. */
    void kill() {
        process.destroyForcibly();
    }

    long pid() {
        return process.pid();
    }

    Path data() {
        return data;
    }

    @Override
    public void close() {
        if (!keep) {
            stop(process, data, forget);
        }
    }

    /** Ends the hub, and removes its data if that is to be forgotten; a second time does nothing. */
    private static synchronized void stop(Process process, Path data, boolean forget) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            if (forget) {
                delete(data);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("could not remove " + data + ": " + e.getMessage());
        }
    }

    /** Removes a folder and all in it. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
