package org.caravox.routes.cases;

import java.util.ArrayList;
import java.util.List;

/** Two texts side by side, on a terminal of 100 columns. */
final class SideBySide {

    private static final int WIDTH = 46;
    private static final int MOST_LINES = 20;

    private SideBySide() {}

    /** With what they are above them. */
    static String of(String what, String expected, String got) {
        List<String> left = lines("expected", expected);
        List<String> right = lines("got", got);
        StringBuilder all = new StringBuilder(what);
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String row = "%n  %-46s | %s".formatted(at(left, i), at(right, i));
            all.append(row.stripTrailing());
        }
        return all.toString();
    }

    private static String at(List<String> lines, int number) {
        return number < lines.size() ? lines.get(number) : "";
    }

    private static List<String> lines(String title, String text) {
        List<String> lines = new ArrayList<>(List.of(title));
        for (String line : text.split("\n", -1)) {
            for (int from = 0; from == 0 || from < line.length(); from += WIDTH) {
                lines.add(line.substring(from, Math.min(line.length(), from + WIDTH)));
            }
        }
        return lines.size() <= MOST_LINES ? lines : cut(lines);
    }

    private static List<String> cut(List<String> lines) {
        List<String> first = new ArrayList<>(lines.subList(0, MOST_LINES));
        first.add("... (" + (lines.size() - MOST_LINES) + " more lines)");
        return first;
    }
}
