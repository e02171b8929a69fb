package org.caravox.itests.audio;

/** Words inserted, deleted or substituted, as a share of the words that were said. */
public final class WordErrorRate {

    private WordErrorRate() {}

    public static double of(String said, String heard) {
        String[] reference = words(said);
        return (double) distance(reference, words(heard)) / reference.length;
    }

    private static String[] words(String text) {
        return text.strip().split("\\s+");
    }

    private static int distance(String[] from, String[] to) {
        int[] before = new int[to.length + 1];
        for (int j = 0; j <= to.length; j++) {
            before[j] = j;
        }
        for (int i = 1; i <= from.length; i++) {
            int[] row = new int[to.length + 1];
            row[0] = i;
            for (int j = 1; j <= to.length; j++) {
                int substituted = before[j - 1] + (from[i - 1].equals(to[j - 1]) ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(row[j - 1], before[j]));
            }
            before = row;
        }
        return before[to.length];
    }
}
