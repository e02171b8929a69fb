package org.caravox.publishing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a routes folder at one time: routes, Kamelets, cases and mappings, by their paths within it. A value that
 * never changes.
 */
public final class RouteFiles {

    /** How names of files end that belong to routes. */
    public static final List<String> ENDINGS =
            List.of(".camel.yaml", ".kamelet.yaml", ".case.yaml", ".case.json", ".case.txt", ".jslt");

    /** No files. */
    public static final RouteFiles NONE = new RouteFiles(new TreeMap<>());

    private final SortedMap<String, String> texts;

    private RouteFiles(SortedMap<String, String> texts) {
        this.texts = Collections.unmodifiableSortedMap(texts);
    }

    /**
     * What differs between two sets of files.
     *
     * @param path   which file
     * @param before its text; null when it is new
     * @param after  its text; null when it is gone
     */
    public record Change(String path, @Nullable String before, @Nullable String after) {}

    /** Files by their paths. */
    public static RouteFiles of(Map<String, String> texts) {
        return new RouteFiles(new TreeMap<>(texts));
    }

    /**
     * Reads a folder and those below it; what has another ending is left out, and so are hidden files.
     *
     * @throws UncheckedIOException when it cannot be read
     */
    public static RouteFiles read(Path folder) {
        SortedMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                if (belongs(path)) {
                    // What is not UTF-8 is kept as such, to be told with its place by whoever checks the file.
                    texts.put(path, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the routes in " + folder + " cannot be read", e);
        }
        return new RouteFiles(texts);
    }

    /** Whether a path is one of a file that belongs to routes. */
    public static boolean belongs(String path) {
        return ENDINGS.stream().anyMatch(path::endsWith) && !path.startsWith(".") && !path.contains("/.");
    }

    /** All texts by path, sorted. */
    public SortedMap<String, String> texts() {
        return texts;
    }

    /** The text of a file. */
    public Optional<String> text(String path) {
        return Optional.ofNullable(texts.get(path));
    }

    /** The same, with a file added or replaced. */
    public RouteFiles with(String path, String text) {
        SortedMap<String, String> changed = new TreeMap<>(texts);
        changed.put(path, text);
        return new RouteFiles(changed);
    }

    /** The same without a file. */
    public RouteFiles without(String path) {
        SortedMap<String, String> changed = new TreeMap<>(texts);
        changed.remove(path);
        return new RouteFiles(changed);
    }

    /** What has to be done to these so that they become the others, by path. */
    public List<Change> changesTo(RouteFiles others) {
        List<Change> changes = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>(texts.keySet());
        paths.addAll(others.texts.keySet());
        for (String path : paths) {
            String before = texts.get(path);
            String after = others.texts.get(path);
            if (before == null || !before.equals(after)) {
                changes.add(new Change(path, before, after));
            }
        }
        return changes;
    }

    /** SHA-256 of a text, in hexadecimal digits. */
    public static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof RouteFiles files && texts.equals(files.texts));
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return "RouteFiles" + texts.keySet();
    }
}
