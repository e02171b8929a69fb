package org.caravox.cli;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The recordings of a folder, or those that a manifest lists: a CSV file with a header, and of each recording a
 * {@code file}, below the manifest's folder, or an {@code audioUrl}.
 *
 * @param items   the recordings
 * @param skipped the files of the folder that are no recordings, by their endings
 */
record BatchSource(List<BatchItem> items, List<String> skipped) {

    private static final Set<String> ENDINGS = Set.of(
            "wav", "wave", "mp3", "flac", "ogg", "oga", "opus", "spx", "webm", "mkv", "mka", "mp4", "m4a", "m4b", "mov",
            "3gp", "3g2", "aac", "aif", "aiff", "aifc", "au", "snd", "amr", "caf");
    private static final Set<String> FIELDS =
            Set.of("userId", "language", "model", "provider", "priority", "audioDuration", "options", "webhookUrl");
    private static final Set<String> COLUMNS = Stream.concat(FIELDS.stream(), Stream.of("file", "audioUrl", "item"))
            .collect(Collectors.toSet());
    private static final String METADATA = "metadata.";
    private static final int LONGEST_ITEM = 256;
    private static final int SHOWN = 10;

    /**
     * All recordings of a folder.
     *
     * @param recursive whether those of the folders in it, too
     */
    static BatchSource folder(Path folder, boolean recursive) throws IOException {
        List<BatchItem> items = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, recursive ? Integer.MAX_VALUE : 1)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString();
                if (name.startsWith(".") || name.contains("/.")) {
                    continue;
                }
                String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
                if (ENDINGS.contains(ending) && name.length() <= LONGEST_ITEM) {
                    items.add(new BatchItem(name, file, Map.of()));
                } else {
                    skipped.add(name);
                }
            }
        }
        return new BatchSource(items, skipped);
    }

    /**
     * What a manifest lists.
     *
     * @throws HubFailure naming the lines that are wrong; nothing has been sent then
     */
    static BatchSource manifest(Path manifest) throws IOException {
        List<BatchItem> items = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Path folder = manifest.toRealPath().resolveSibling("");
        CsvMapper csv = CsvMapper.builder()
                .enable(CsvParser.Feature.TRIM_SPACES)
                .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                .build();
        try (MappingIterator<Map<String, String>> rows = csv.readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(manifest.toFile())) {
            while (rows.hasNextValue()) {
                int number = rows.getCurrentLocation().getLineNr();
                Map<String, String> row = rows.nextValue();
                try {
                    BatchItem item = item(number, row, folder);
                    if (!names.add(item.item())) {
                        throw new HubFailure("item \"" + item.item() + "\" is there twice");
                    }
                    items.add(item);
                } catch (HubFailure e) {
                    wrong.add("line " + number + ": " + e.getMessage());
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new HubFailure("nothing was sent, because of " + manifest + ":\n"
                    + wrong.stream().limit(SHOWN).collect(Collectors.joining("\n"))
                    + (wrong.size() > SHOWN ? "\nand " + (wrong.size() - SHOWN) + " more" : ""));
        }
        return new BatchSource(items, List.of());
    }

    private static BatchItem item(int line, Map<String, String> row, Path folder) throws IOException {
        Map<String, String> fields = new HashMap<>();
        ObjectNode metadata = new ObjectMapper().createObjectNode();
        for (Map.Entry<String, String> cell : row.entrySet()) {
            String name = cell.getKey();
            String value = cell.getValue() == null ? "" : cell.getValue();
            if (name.startsWith(METADATA) && !value.isEmpty()) {
                metadata.put(name.substring(METADATA.length()), value);
            } else if (!name.startsWith(METADATA) && !COLUMNS.contains(name)) {
                throw new HubFailure("there is no column \"" + name + "\": use "
                        + String.join(", ", new TreeSet<>(COLUMNS)) + ", metadata.NAME");
            } else if (FIELDS.contains(name) && !value.isEmpty()) {
                fields.put(name, value);
            }
        }
        if (!metadata.isEmpty()) {
            fields.put("metadata", metadata.toString());
        }
        String file = row.getOrDefault("file", "");
        String url = row.getOrDefault("audioUrl", "");
        if (file.isEmpty() == url.isEmpty()) {
            throw new HubFailure("it must have either file or audioUrl");
        }
        String named = row.getOrDefault("item", "");
        if (!url.isEmpty()) {
            fields.put("audioUrl", url);
            return new BatchItem(name(named, Integer.toString(line)), null, fields);
        }
        return new BatchItem(name(named, file), inside(folder, file), fields);
    }

    private static String name(String named, String otherwise) {
        String item = named.isEmpty() ? otherwise : named;
        if (item.length() > LONGEST_ITEM) {
            throw new HubFailure("its name is longer than " + LONGEST_ITEM + " characters: give it one as item");
        }
        return item;
    }

    private static Path inside(Path folder, String file) throws IOException {
        Path path = folder.resolve(file).normalize();
        if (!path.startsWith(folder)
                || (Files.exists(path) && !path.toRealPath().startsWith(folder))) {
            throw new HubFailure("file " + file + " is not in the manifest's folder");
        }
        if (!Files.isRegularFile(path)) {
            throw new HubFailure("there is no file " + file);
        }
        return path;
    }

    /** Whether the hub can fetch them all. */
    boolean addressesOnly() {
        return items.stream().allMatch(item -> item.file() == null);
    }
}
