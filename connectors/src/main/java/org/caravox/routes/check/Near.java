package org.caravox.routes.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody may have meant. */
public final class Near {

    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();
    private static final int SHOWN = 12;

    private Near() {}

    /** The known word that is like another one; letters' case does not count. */
    static Optional<String> to(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        int most = word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
        return known.stream()
                .filter(each -> !each.isEmpty())
                .filter(each -> distance(wanted, each) <= most)
                .min(Comparator.<String>comparingInt(each -> distance(wanted, each))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Letters that changed places are one mistake. */
    private static int distance(String wanted, String known) {
        String other = known.toLowerCase(Locale.ROOT);
        int distance = DISTANCE.apply(wanted, other);
        return distance > 1 && letters(wanted).equals(letters(other)) ? 1 : distance;
    }

    private static List<Character> letters(String word) {
        return word.chars().sorted().mapToObj(each -> (char) each).toList();
    }

    /** {@code did you mean "steps"?}, or else what there is, when that is not too much. */
    public static String remedy(String word, Collection<String> known) {
        return to(word, known).map(Near::question).orElseGet(() -> list(known));
    }

    /** {@code did you mean "steps"?}, or else another remedy. */
    static String remedy(String word, Collection<String> known, String otherwise) {
        return to(word, known).map(Near::question).orElse(otherwise);
    }

    private static String question(String word) {
        return "did you mean \"" + word + "\"?";
    }

    private static String list(Collection<String> known) {
        return known.isEmpty() || known.size() > SHOWN ? "" : "there is " + String.join(", ", new TreeSet<>(known));
    }
}
