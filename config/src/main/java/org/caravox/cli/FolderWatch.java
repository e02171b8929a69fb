package org.caravox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Waits until something in a folder was changed, and until nobody changes it any more: editors save in several steps. */
final class FolderWatch {

    private static final Duration QUIET = Duration.ofMillis(300);

    private final Path folder;
    private final WatchService changes;

    FolderWatch(Path folder) throws IOException {
        this.folder = folder;
        this.changes = folder.getFileSystem().newWatchService();
        watchAll();
    }

    private void watchAll() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isDirectory).toList()) {
                each.register(
                        changes,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
        }
    }

    /** Waits for the next change. */
    void await() throws IOException, InterruptedException {
        WatchKey key = changes.take();
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = changes.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
        }
        watchAll(); // folders may be new
    }
}
