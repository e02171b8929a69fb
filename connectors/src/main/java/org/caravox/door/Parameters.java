package org.caravox.door;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Query parameters as Deepgram's clients send them: repeated for lists, {@code true} and {@code false} for switches. */
public final class Parameters {

    private static final int LONGEST = 1_000;
    private static final int MOST = 1_000;

    private final Map<String, String[]> values;

    /**
     * Takes them.
     *
     * @throws Refusal INVALID, listing those that are not known
     */
    public Parameters(Map<String, String[]> values, Set<String> known) {
        this.values = values;
        Set<String> unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw Refusal.invalid("unknown query parameter "
                    + String.join(
                            ", ",
                            unknown.stream().limit(5).map(Parameters::shown).toList())
                    + ": the parameters are " + String.join(", ", new TreeSet<>(known)));
        }
        if (values.values().stream().mapToInt(list -> list.length).sum() > MOST) {
            throw Refusal.invalid("more than " + MOST + " query parameters are given");
        }
    }

    /** All values of one that may be repeated; empty ones do not count. */
    public List<String> all(String name) {
        String[] given = values.get(name);
        if (given == null) {
            return List.of();
        }
        for (String value : given) {
            if (value.length() > LONGEST) {
                throw Refusal.invalid(name + " is longer than " + LONGEST + " characters");
            }
            if (value.indexOf(0) >= 0) {
                throw Refusal.invalid(name + " holds a NUL character");
            }
        }
        return Arrays.stream(given).filter(value -> !value.isBlank()).toList();
    }

    /**
     * The value of one that may not be repeated.
     *
     * @throws Refusal INVALID when it is
     */
    public @Nullable String one(String name) {
        List<String> all = all(name);
        if (all.size() > 1) {
            throw Refusal.invalid(name + " is given twice");
        }
        return all.isEmpty() ? null : all.get(0);
    }

    /** Whether a switch is on; it is off when it is not there. */
    public boolean on(String name) {
        String value = one(name);
        if (value == null || isNo(value)) {
            return false;
        }
        if (isYes(value)) {
            return true;
        }
        throw Refusal.invalid(name + " must be true or false, was " + shown(value));
    }

    /** The same of a switch that has another to fall back on: null when it is not there. */
    public @Nullable Boolean wish(String name) {
        return one(name) == null ? null : on(name);
    }

    /**
     * One of a few words.
     *
     * @throws Refusal INVALID, listing them
     */
    public @Nullable String oneOf(String name, List<String> words) {
        String value = one(name);
        if (value == null || words.contains(value.toLowerCase(Locale.ROOT))) {
            return value == null ? null : value.toLowerCase(Locale.ROOT);
        }
        throw Refusal.invalid(name + " must be " + String.join(", ", words) + ", was " + shown(value));
    }

    public OptionalInt integer(String name, int least, int most) {
        String value = one(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw Refusal.invalid(name + " must be a whole number, " + least + " to " + most + ", was " + shown(value));
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    /** A number with or without a fraction; null when it is not given. */
    public @Nullable Double number(String name, double least, double most) {
        String value = one(name);
        if (value == null) {
            return null;
        }
        if (value.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            double number = Double.parseDouble(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Refusal.invalid(name + " must be a number, " + least + " to " + most + ", was " + shown(value));
    }

    public static boolean isYes(String value) {
        return value.equalsIgnoreCase("true");
    }

    public static boolean isNo(String value) {
        return value.equalsIgnoreCase("false");
    }

    private static String shown(String value) {
        String some = value.length() > 40 ? value.substring(0, 40) + "..." : value;
        return '"' + some.replaceAll("[^\\x20-\\x7e]", "?") + '"';
    }
}
