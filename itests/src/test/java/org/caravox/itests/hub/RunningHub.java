package org.caravox.itests.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A hub as an operator runs it: {@code ./hub run} as a child process, on any free port, with a data folder of its own.
 * It stops when this process does.
 */
public final class RunningHub implements AutoCloseable {

    public static final String ADMIN_KEY = "an-operators-key-for-tests";
    public static final String DEMO_KEY = "the-demo-tenants-key-for-tests";

    private static final Pattern READY = Pattern.compile("Caravox is ready at (\\S+)");
    private static final Duration START_WITHIN = Duration.ofMinutes(4);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(60);
    private static final String JAVA_OPTIONS = "CARAVOX_JAVA_OPTIONS";

    /** Code that runs for seconds is not worth being optimised, which would take half of a start's processor time. */
    private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

    private static final AtomicInteger TENANTS = new AtomicInteger();

    private final Process process;
    private final Path data;
    private final Path log;
    private final String url;

    private RunningHub(Process process, Path data, Path log, String url) {
        this.process = process;
        this.data = data;
        this.log = log;
        this.url = url;
    }

    /** Starts a hub on a data folder, which may be a former hub's, and waits until it is ready. */
    public static RunningHub start(Path data, Map<String, String> settings) {
        return start(data, settings, Map.of());
    }

    /** The same for a hub that many tests use: its code is optimised. */
    public static RunningHub startForLong(Path data, Map<String, String> settings) {
        return start(data, settings, Map.of(JAVA_OPTIONS, ""));
    }

    /** The same, with more in its environment. */
    public static RunningHub start(Path data, Map<String, String> settings, Map<String, String> environment) {
        List<String> command =
                new ArrayList<>(List.of(Project.root().resolve("hub").toString(), "run"));
        command.addAll(List.of("--port", "0", "--data", data.toString(), "--with-parent"));
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        try {
            Path log = Files.createTempFile(data, "hub-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            forSeconds(builder.environment());
            builder.environment().put("CARAVOX_ADMIN_KEY", ADMIN_KEY);
            builder.environment().put("CARAVOX_DEMO_KEY", DEMO_KEY);
            builder.environment().putAll(environment);
            Process process = builder.redirectOutput(log.toFile()).start();
            return new RunningHub(process, data, log, address(process, log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment of a command of the hub that is not built anew and does not live for long. */
    public static void forSeconds(Map<String, String> environment) {
        environment.put("CARAVOX_BUILT", "yes");
        environment.put(JAVA_OPTIONS, SHORT_LIVED);
    }

    private static String address(Process process, Path log) {
        await("the hub starts")
                .atMost(START_WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    assertThat(process.isAlive())
                            .as(() -> "the hub runs; its log: " + text(log))
                            .isTrue();
                    return READY.matcher(text(log)).find();
                });
        Matcher ready = READY.matcher(text(log));
        assertThat(ready.find()).isTrue();
        return ready.group(1).replace("localhost", "127.0.0.1");
    }

    public String url() {
        return url;
    }

    public Path data() {
        return data;
    }

    /** What it has logged so far. */
    public String log() {
        return text(log);
    }

    public Caller demo() {
        return new Caller(url, DEMO_KEY);
    }

    public Caller admin() {
        return new Caller(url, ADMIN_KEY);
    }

    /** Somebody without a key. */
    public Caller nobody() {
        return new Caller(url, "");
    }

    /** A tenant that has nothing yet. */
    public Caller newTenant() {
        return tenant("tenant-" + TENANTS.incrementAndGet());
    }

    /** A new tenant of that name. */
    public Caller tenant(String id) {
        Answer tenant = admin().postJson("/tenants", Map.of("id", id));
        assertThat(tenant.status()).as(tenant.text()).isEqualTo(201);
        Answer key = admin().postJson("/keys", Map.of("tenant", id, "name", "tests"));
        assertThat(key.status()).as(key.text()).isEqualTo(201);
        return new Caller(url, key.json().get("key").asText());
    }

    /** SIGKILL: nothing in it runs any more. */
    public void kill9() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: it stands still, with all its connections open. */
    public void suspend() {
        signal("STOP");
    }

    /** SIGCONT: it goes on as if nothing had been. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The process's number. */
    public long pid() {
        return process.pid();
    }

    /** SIGTERM, as Ctrl-C and process managers send it; does not wait. */
    public void terminate() {
        process.destroy();
    }

    public void awaitEnd() {
        try {
            assertThat(process.waitFor(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as(() -> "the hub stops within " + STOP_WITHIN + "; its log: " + log())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops it in order. */
    @Override
    public void close() {
        terminate();
        awaitEnd();
    }

    /** Stops it in order, and removes all that it had. */
    public void closeAndForget() {
        close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
