package org.caravox.agents;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** How long a pause ends what a caller has said: shorter when it sounds complete, longer when more is to come. */
final class Pauses {

    private static final Set<String> GO_ON = Set.of(
            "and", "or", "but", "so", "because", "um", "uh", "uhm", "er", "hmm", "the", "a", "an", "to", "of", "for",
            "with", "at", "in", "on", "from", "my", "your", "is", "are", "if", "that", "like", "well", "und", "oder",
            "aber", "weil", "äh", "ähm", "der", "die", "das", "ein", "eine", "mit", "für", "zu", "von");
    private static final Set<String> COMPLETE = Set.of(
            "yes",
            "no",
            "yeah",
            "yep",
            "nope",
            "sure",
            "okay",
            "ok",
            "thanks",
            "thank you",
            "please",
            "hello",
            "hi",
            "goodbye",
            "bye",
            "right",
            "correct",
            "exactly",
            "of course",
            "not really",
            "ja",
            "nein",
            "danke",
            "genau",
            "bitte",
            "hallo",
            "tschüss");
    private static final Set<String> ASKING =
            Set.of("who", "what", "when", "where", "why", "how", "which", "can", "could", "do", "does", "is", "are");
    private static final Set<String> NUMBERS = Set.of(
            "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "null",
            "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun");
    private static final Pattern DIGITS = Pattern.compile("[0-9][0-9-]*");
    private static final int COMPLETE_NUMBER = 10;

    /** One number alone is a number of things. */
    private static final int DICTATED = 2;

    private final Duration shorter;
    private final Duration longer;

    Pauses(AgentTurnEnd settings) {
        this.shorter = settings.pauseShort();
        this.longer = settings.pauseLong();
    }

    /** The pause after what was said so far. */
    Duration after(String said) {
        String text = said.strip();
        String bare = text.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}' -]+", " ")
                .strip();
        List<String> words = List.of(bare.split("\\s+", -1));
        String last = words.get(words.size() - 1);
        if (COMPLETE.contains(bare)) {
            return shorter;
        }
        if (GO_ON.contains(last) || text.endsWith(",") || text.endsWith("-") || text.endsWith("…")) {
            return longer;
        }
        int digits = numbers(words);
        if (digits >= DICTATED) {
            return digits >= COMPLETE_NUMBER ? shorter : longer;
        }
        if (text.endsWith(".") || text.endsWith("?") || text.endsWith("!")) {
            return shorter;
        }
        boolean question = words.size() > 3 && ASKING.contains(words.get(0));
        return question ? shorter : shorter.plus(longer).dividedBy(2);
    }

    private static boolean isNumber(String word) {
        return NUMBERS.contains(word) || DIGITS.matcher(word).matches();
    }

    /** How many digits the text ends in. */
    private static int numbers(List<String> words) {
        int count = 0;
        for (int i = words.size() - 1; i >= 0 && isNumber(words.get(i)); i--) {
            String word = words.get(i);
            count += NUMBERS.contains(word) ? 1 : word.replace("-", "").length();
        }
        return count;
    }
}
