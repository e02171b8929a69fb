package org.caravox.masking;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What may be masked. */
public enum Private {
    /** Numbers of payment cards: 13 to 19 digits whose check digit is right (Luhn, ISO/IEC 7812-1), also spoken. */
    CARDS("card number"),
    /** Telephone numbers with a plus or a leading zero: 8 to 15 digits (E.164). */
    PHONES("phone number"),
    /** E-mail addresses. */
    EMAILS("e-mail address");

    private final String shown;

    Private(String shown) {
        this.shown = shown;
    }

    /** What stands in the place of one: {@code [card number]}. */
    String placeholder() {
        return "[" + shown + "]";
    }

    /**
     * Reads a list as {@code cards,emails}.
     *
     * @throws IllegalArgumentException when one is not known, naming those that are
     */
    static Set<Private> of(String list) {
        Set<Private> kinds = EnumSet.noneOf(Private.class);
        for (String word : list.split(",", -1)) {
            kinds.add(Arrays.stream(values())
                    .filter(kind -> kind.name().equalsIgnoreCase(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "\"" + word.strip() + "\" cannot be masked: what can is " + words())));
        }
        return kinds;
    }

    private static String words() {
        return Arrays.stream(values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
