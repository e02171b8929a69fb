package org.caravox.agents;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody may have meant. */
final class Closest {

    private Closest() {}

    /** The end of a sentence: what may have been meant, and what there is. */
    static String hint(String written, Collection<String> known) {
        if (known.isEmpty()) {
            return ": there is none";
        }
        int near = Math.max(1, written.length() / 3);
        String meant = known.stream()
                .filter(name -> distance(written, name) <= near)
                .min(Comparator.comparingInt(name -> distance(written, name)))
                .map(name -> ": did you mean " + name + "?")
                .orElse(":");
        return meant + " There is " + String.join(", ", known);
    }

    /** How many letters differ. Source: V. Levenshtein, 1965. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
