package org.caravox.itests.audio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables of recordings: tab-separated, with a heading line, {@code CH0: ... | CH1: ...} where there are two channels. */
final class References {

    private References() {}

    /** What is said on the channels of each file. */
    static Map<String, List<String>> in(Path table, String column) {
        List<String[]> rows = rows(table);
        int text = Arrays.asList(rows.get(0)).indexOf(column);
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String[] row : rows.subList(1, rows.size())) {
            found.put(row[0], channels(row[text]));
        }
        return found;
    }

    private static List<String> channels(String text) {
        return Arrays.stream(text.split("\\|", -1))
                .map(channel -> channel.strip().replaceFirst("^CH\\d: ", ""))
                .toList();
    }

    private static List<String[]> rows(Path table) {
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.split("\t", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
