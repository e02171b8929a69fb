package org.caravox.config;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as a child of the hub, its data in a folder of the hub's. The folder belongs to one hub at a time. A hub
 * that is killed leaves its PostgreSQL running: the next one stops it, in order, before it starts its own.
 */
final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private final FileChannel lockFile;
    private final EmbeddedPostgres postgres;

    private EmbeddedDatabase(FileChannel lockFile, EmbeddedPostgres postgres) {
        this.lockFile = lockFile;
        this.postgres = postgres;
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
                .setPGStartupWait(Duration.ofSeconds(60))
                // The library turns these off, being made for tests; here nothing may be lost.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .setServerConfig("shared_buffers", "64MB")
                .setLocaleConfig("locale", "C")
                .start();
        return new EmbeddedDatabase(lockFile, postgres);
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
        Optional<ProcessHandle> orphan = orphan(pidFile, folder);
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

    private static Optional<ProcessHandle> orphan(Path pidFile, Path folder) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
        return ProcessHandle.of(pid)
                .filter(process -> Arrays.asList(process.info().arguments().orElse(new String[0]))
                        .contains(folder.toString()));
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        postgres.close();
        lockFile.close();
    }
}
