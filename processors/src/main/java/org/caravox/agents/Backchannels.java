package org.caravox.agents;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** What a listener says to show that he listens. */
final class Backchannels {

    private static final Set<String> WORDS = Set.of(
            "uh-huh", "uhhuh", "uh", "huh", "mhm", "mm", "mmm", "mm-hmm", "hmm", "hm", "okay", "ok", "yeah", "yep",
            "yes", "right", "sure", "aha", "ah", "oh", "i", "see", "got", "it", "alright", "all", "cool", "good",
            "great", "ja", "genau", "ach", "so", "gut");

    private Backchannels() {}

    /** Whether a text has nothing but such words, and few of them; no text is none yet. */
    static boolean only(String said) {
        String[] words = said.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}' -]+", " ")
                .strip()
                .split("\\s+", -1);
        return words.length <= 3 && Arrays.stream(words).allMatch(word -> word.isEmpty() || WORDS.contains(word));
    }
}
