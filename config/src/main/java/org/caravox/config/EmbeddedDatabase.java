package org.caravox.config;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as a child of the hub, its data in a folder of the hub's. The folder belongs to one hub at a time. A hub
 * that is killed leaves its PostgreSQL running: the next one stops it, in order, before it starts its own. A PostgreSQL
 * that ends by itself, for want of disk or by another's hand, is started again, for as long as it takes.
 */
final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private static final Duration LOOKED_AFTER_EVERY = Duration.ofSeconds(1);
    private static final Duration START_WITHIN = Duration.ofSeconds(60);

    private final FileChannel lockFile;
    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "database-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final Future<?> looking;
    private boolean away;

    private EmbeddedDatabase(FileChannel lockFile, Path folder, EmbeddedPostgres postgres) {
        this.lockFile = lockFile;
        this.folder = folder;
        this.postgres = postgres;
        looking = watch.scheduleWithFixedDelay(
                this::look, LOOKED_AFTER_EVERY.toMillis(), LOOKED_AFTER_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Starts it: seconds the first time, less than one later.
     *
     * @throws IllegalStateException when another hub has the folder
     */
    static EmbeddedDatabase start(Path data, Path cache) throws IOException {
        Files.createDirectories(data);
        FileChannel lockFile = lock(data);
        Path folder = data.resolve("database");
        stopOrphan(folder);
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(cache.resolve("postgresql").toFile())
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_WITHIN)
                // The library turns these off, being made for tests; here nothing may be lost.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .setServerConfig("shared_buffers", "64MB")
                // Its log of changes stays about within caravox.data-reserve.
                .setServerConfig("max_wal_size", "256MB")
                .setLocaleConfig("locale", "C")
                .start();
        return new EmbeddedDatabase(lockFile, folder, postgres);
    }

    private static FileChannel lock(Path data) throws IOException {
        FileChannel channel =
                FileChannel.open(data.resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IllegalStateException("another hub is running with its data in " + data
                    + ": stop it, or give this one a folder of its own with --data DIR");
        }
        return channel;
    }

    private static void stopOrphan(Path folder) throws IOException {
        Path pidFile = folder.resolve("postmaster.pid");
        Optional<ProcessHandle> orphan = server(folder);
        if (orphan.isEmpty()) {
            // The hub's lock proves that nobody uses the folder: what the file names is long gone, or another's.
            Files.deleteIfExists(pidFile);
            return;
        }
        log.info("database.orphan.stopping pid={}", orphan.get().pid());
        new ProcessBuilder("kill", "-INT", Long.toString(orphan.get().pid()))
                .inheritIO()
                .start();
        try {
            orphan.get().onExit().get(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the PostgreSQL of an earlier hub (process " + orphan.get().pid()
                            + ") does not stop: end it and start again",
                    e);
        }
    }

    /** The PostgreSQL that runs on a folder. */
    private static Optional<ProcessHandle> server(Path folder) throws IOException {
        Path pidFile = folder.resolve("postmaster.pid");
        List<String> lines = Files.exists(pidFile) ? Files.readAllLines(pidFile) : List.of();
        if (lines.isEmpty() || !lines.get(0).strip().matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(process -> Arrays.asList(process.info().arguments().orElse(new String[0]))
                        .contains(folder.toString()));
    }

    private void look() {
        try {
            if (server(folder).isPresent()) {
                return;
            }
            if (!away) {
                log.error("database.ended folder={}: it is started again", folder);
                away = true;
            }
            if (startAgain()) {
                log.info("database.started-again folder={}", folder);
                away = false;
            }
        } catch (IOException | RuntimeException e) {
            log.warn("database.watch.failed folder={} reason=\"{}\"", folder, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** With the options that it had, which it keeps in a file beside its data: so it is found where it was. */
    private boolean startAgain() throws IOException, InterruptedException {
        String server = Files.readString(folder.resolve("postmaster.opts"))
                .split(" \"", 2)[0]
                .strip();
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            command.addAll(List.of("unshare", "-U")); // PostgreSQL does not run as root
        }
        command.add(Path.of(server).resolveSibling("pg_ctl").toString());
        command.addAll(List.of("restart", "-w", "-t", Long.toString(START_WITHIN.toSeconds())));
        command.addAll(List.of("-D", folder.toString()));
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        looking.cancel(true);
        watch.shutdown();
        postgres.close();
        lockFile.close();
    }
}
