package org.caravox.speech;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of spoken audio, of a bounded size in all: when there is no room, those go first that were asked for longest ago.
 * A file is written aside and gets its name when it is whole. When it was last asked for is its time of modification.
 */
final class SpeechFolder {

    private static final Logger log = LoggerFactory.getLogger(SpeechFolder.class);
    private static final String ENDING = ".speech";
    private static final String SCRATCH = ".part";

    private final Path folder;
    private final long mostBytes;

    /** Sizes by key, the one that was asked for longest ago first. */
    private final Map<String, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    SpeechFolder(Path folder, long mostBytes) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.mostBytes = mostBytes;
        for (Path file : oldestFirst()) {
            add(file);
        }
        makeRoom();
    }

    private List<Path> oldestFirst() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(java.util.Comparator.comparing(SpeechFolder::asked))
                    .toList();
        }
    }

    private static FileTime asked(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    private synchronized void add(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(ENDING)) {
            bytes += Files.size(file);
            sizes.put(name.substring(0, name.length() - ENDING.length()), Files.size(file));
        } else if (name.endsWith(SCRATCH)) {
            Files.deleteIfExists(file);
        }
    }

    long mostBytes() {
        return mostBytes;
    }

    /** Where something may be written aside. */
    Path scratch() throws IOException {
        return Files.createTempFile(folder, "speech-", SCRATCH);
    }

    /** The file of a key, which counts as asked for. */
    Optional<Path> find(String key) {
        synchronized (this) {
            if (sizes.get(key) == null) {
                return Optional.empty();
            }
        }
        Path file = file(key);
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(file);
        } catch (IOException gone) {
            forget(key);
            return Optional.empty();
        }
    }

    /** Gives a whole file its name, unless it is too large; then it stays where it is. */
    boolean keep(String key, Path scratch) throws IOException {
        long size = Files.size(scratch);
        if (size > mostBytes) {
            return false;
        }
        synchronized (this) {
            Files.move(scratch, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Long before = sizes.put(key, size);
            bytes += size - (before == null ? 0 : before);
            makeRoom();
        }
        return true;
    }

    synchronized void forget(String key) {
        Long size = sizes.remove(key);
        bytes -= size == null ? 0 : size;
        delete(key);
    }

    private synchronized void makeRoom() {
        Iterator<Map.Entry<String, Long>> oldest = sizes.entrySet().iterator();
        while (bytes > mostBytes && oldest.hasNext()) {
            Map.Entry<String, Long> entry = oldest.next();
            bytes -= entry.getValue();
            oldest.remove();
            delete(entry.getKey());
        }
    }

    private void delete(String key) {
        try {
            Files.deleteIfExists(file(key));
        } catch (IOException e) {
            log.warn("speech-cache.undeletable reason=\"{}\"", e.getMessage());
        }
    }

    private Path file(String key) {
        return folder.resolve(key + ENDING);
    }
}
