package org.caravox.itests.audio;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Words inserted, deleted or substituted, as a share of the words that were said. */
public final class WordErrorRate {

    private WordErrorRate() {}

    public static double of(String said, String heard) {
        String[] reference = words(said);
        String[] recognised = words(heard);
        int[] distances = distances(reference, recognised, IntStream.rangeClosed(0, recognised.length));
        return (double) distances[recognised.length] / reference.length;
    }

    /** Of that part of what was heard which fits best: before it and after it, more may have been said. */
    public static double ofPart(String said, String heard) {
        String[] reference = words(said);
        String[] recognised = words(heard);
        int[] distances =
                distances(reference, recognised, IntStream.generate(() -> 0).limit(recognised.length + 1));
        return (double) Arrays.stream(distances).min().orElseThrow() / reference.length;
    }

    private static String[] words(String text) {
        return text.strip().split("\\s+");
    }

    /** How much all of {@code from} differs from what ends at each place of {@code to}, when nothing of it differs by {@code none}. */
    private static int[] distances(String[] from, String[] to, IntStream none) {
        int[] before = none.toArray();
        for (int i = 1; i <= from.length; i++) {
            int[] row = new int[to.length + 1];
            row[0] = i;
            for (int j = 1; j <= to.length; j++) {
                int substituted = before[j - 1] + (from[i - 1].equals(to[j - 1]) ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(row[j - 1], before[j]));
            }
            before = row;
        }
        return before;
    }
}
