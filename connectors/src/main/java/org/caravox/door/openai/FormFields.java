package org.caravox.door.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a form, by name; clients write the names of lists with or without {@code []} at the end. */
final class FormFields {

    private static final int LONGEST_NAME = 64;

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    void put(String name, String value) {
        String plain = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
        values.computeIfAbsent(plain, any -> new ArrayList<>()).add(value);
    }

    static String printable(String name) {
        String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /**
     * Refuses fields that are not known.
     *
     * @param not known, but not to be had here, each with the reason
     */
    void check(Set<String> known, Map<String, String> not) {
        for (String name : values.keySet()) {
            String plain = name.split("\\[", 2)[0];
            String reason = not.get(plain);
            if (reason != null) {
                throw new WrongField(plain, plain + " " + reason);
            }
            if (!known.contains(name)) {
                throw new WrongField(printable(name), "unknown field " + printable(name));
            }
        }
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of()).stream()
                .filter(value -> !value.isBlank())
                .toList();
    }

    /** The value of a field that stands there once; null when it is missing or empty. */
    @Nullable
    String text(String name, int longest) {
        List<String> all = all(name);
        if (all.isEmpty()) {
            return null;
        }
        if (all.size() > 1) {
            throw new WrongField(name, name + " is given twice");
        }
        if (all.get(0).length() > longest) {
            throw new WrongField(name, name + " is longer than " + longest + " characters");
        }
        return all.get(0);
    }

    boolean flag(String name) {
        String text = text(name, 5);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (!text.equals("true")) {
            throw new WrongField(name, name + " must be true or false");
        }
        return true;
    }
}
