package org.caravox.agents;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a text that is being written into what can be spoken at a time: sentences, and of the first one as much as makes
 * sense, so that the voice begins early. For one thread.
 */
final class Sentences {

    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "no", "nr", "inc", "ltd", "co", "corp",
            "e.g", "i.e", "a.m", "p.m", "u.s", "u.k", "approx", "dept", "ext", "tel", "z.b", "bzw", "ca", "str", "jan",
            "feb", "apr", "aug", "sept", "oct", "nov", "dec");
    private static final int FIRST_CLAUSE = 25;
    private static final int SHORTEST = 8;
    private static final int LONGEST = 240;
    private static final String ENDS = ".!?…。！？\n";
    private static final String CLAUSES = ",;:–—";

    private final StringBuilder open = new StringBuilder();
    private boolean first = true;

    /** Adds what was written; gives what can be spoken now. */
    List<String> add(String written) {
        open.append(written);
        List<String> ready = new ArrayList<>();
        int end = end();
        while (end > 0) {
            take(end).ifPresent(ready::add);
            end = end();
        }
        return ready;
    }

    /** Nothing more is written: gives the rest. */
    Optional<String> rest() {
        return take(open.length());
    }

    private Optional<String> take(int end) {
        String sentence = spoken(open.substring(0, end));
        open.delete(0, end);
        if (sentence.isEmpty()) {
            return Optional.empty();
        }
        first = false;
        return Optional.of(sentence);
    }

    /** Without what models write for eyes: marks of Markdown, and lines. */
    private static String spoken(String text) {
        String bare = text.replaceAll("(?m)^\\s*[-•]\\s+", "\n")
                .replaceAll("[*_`#]+", "")
                .replaceAll("\\s+", " ")
                .strip();
        return bare.chars().anyMatch(Character::isLetterOrDigit) ? bare : "";
    }

    /** Where the first sentence ends; 0 while nobody knows. What follows an end must be there to tell it from "3.5". */
    private int end() {
        for (int i = 0; i + 1 < open.length(); i++) {
            if (i >= SHORTEST - 1 && isEnd(i)) {
                return i + 1;
            }
            boolean clause = CLAUSES.indexOf(open.charAt(i)) >= 0 && Character.isWhitespace(open.charAt(i + 1));
            if (clause && first && i >= FIRST_CLAUSE) {
                return i + 1;
            }
            if (i >= LONGEST && Character.isWhitespace(open.charAt(i))) {
                return i;
            }
        }
        return 0;
    }

    private boolean isEnd(int i) {
        char mark = open.charAt(i);
        if (ENDS.indexOf(mark) < 0) {
            return false;
        }
        if (mark == '\n' || "。！？".indexOf(mark) >= 0) {
            return true;
        }
        int next = i + 1;
        if (!Character.isWhitespace(open.charAt(next))) {
            return false;
        }
        return mark != '.' || !isAbbreviation(i);
    }

    /** Whether a full stop belongs to its word: "Dr.", "a.m.", an initial, or the number of a list. */
    private boolean isAbbreviation(int stop) {
        int from = stop;
        while (from > 0 && !Character.isWhitespace(open.charAt(from - 1))) {
            from--;
        }
        String word = open.substring(from, stop).toLowerCase(Locale.ROOT);
        boolean initial = word.length() == 1 && Character.isLetter(word.charAt(0)) && !word.equals("i");
        boolean ordinal = from == 0 && !word.isEmpty() && word.chars().allMatch(Character::isDigit);
        return initial || ordinal || ABBREVIATIONS.contains(word);
    }
}
