package org.caravox.routes.cases;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody probably meant. */
final class Closest {

    private static final int MOST_LISTED = 12;
    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private Closest() {}

    /** {@code : did you mean "steps"?}, or what there is. */
    static String hint(String wrong, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(each -> far(wrong, each)))
                .filter(each -> far(wrong, each) <= Math.max(2, wrong.length() / 3))
                .map(each -> ": did you mean \"" + each + "\"?")
                .orElseGet(() -> known.isEmpty()
                        ? ""
                        : ": there " + (known.size() == 1 ? "is " : "are ")
                                + known.stream().sorted().limit(MOST_LISTED).collect(Collectors.joining(", "))
                                + (known.size() > MOST_LISTED ? " ..." : ""));
    }

    private static int far(String one, String other) {
        return DISTANCE.apply(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
    }
}
