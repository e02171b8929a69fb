package org.caravox.routes.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.caravox.publishing.RouteFiles;

/**
 * Files of routes, and what is to be said of them, as a text holds them: {@code === WHAT IT IS}, then {@code --- PATH} and
 * the file, as often as there are files, then {@code >>>} and what is said.
 */
record BadFiles(String what, RouteFiles files, List<String> said) {

    static List<BadFiles> read(String resource) throws IOException {
        try (InputStream in = BadFiles.class.getResourceAsStream(resource)) {
            String whole = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<BadFiles> all = new ArrayList<>();
            for (String one : whole.split("(?m)^=== ", -1)) {
                if (!one.isBlank()) {
                    all.add(one(one));
                }
            }
            return all;
        }
    }

    private static BadFiles one(String text) {
        String[] parts = text.split("(?m)^>>>\\n", 2);
        String[] files = parts[0].split("(?m)^--- (?=[a-z])", -1);
        Map<String, String> texts = new HashMap<>();
        for (int i = 1; i < files.length; i++) {
            String[] file = files[i].split("\n", 2);
            texts.put(file[0], escaped(file[1]));
        }
        return new BadFiles(
                files[0].strip(),
                RouteFiles.of(texts),
                parts[1].lines().filter(each -> !each.isBlank()).toList());
    }

    /** What would not be seen: a tab is {@code <TAB>}, and so on. */
    private static String escaped(String text) {
        return text.replace("<TAB>", "\t")
                .replace("<BOM>", "\uFEFF")
                .replace("<NOT-UTF-8>", "\uFFFD")
                .replace("<300 KB>", "#".repeat(300 * 1024));
    }

    @Override
    public String toString() {
        return what;
    }
}
