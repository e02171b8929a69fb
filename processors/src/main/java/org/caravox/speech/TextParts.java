package org.caravox.speech;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a text that is too long for one call of a provider: between sentences where it can, else between words. */
public final class TextParts {

    private TextParts() {}

    /**
     * The parts, in order, none blank, each as long as it can be. Together they hold all words of the text.
     *
     * @param mostCharacters how long a part may be, at least 2
     */
    public static List<String> of(String text, int mostCharacters) {
        if (text.length() <= mostCharacters) {
            return List.of(text);
        }
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (text.length() - start > mostCharacters) {
            int end = end(text, start, mostCharacters);
            add(text.substring(start, end), parts);
            start = end;
        }
        add(text.substring(start), parts);
        return parts;
    }

    private static void add(String part, List<String> parts) {
        String stripped = part.strip();
        if (!stripped.isEmpty()) {
            parts.add(stripped);
        }
    }

    private static int end(String text, int start, int mostCharacters) {
        int limit = start + mostCharacters;
        int sentence = before(BreakIterator.getSentenceInstance(Locale.ROOT), text, start, limit);
        if (sentence > start) {
            return sentence;
        }
        int word = before(BreakIterator.getLineInstance(Locale.ROOT), text, start, limit);
        if (word > start) {
            return word;
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    /** The last break that is no later than the limit; {@code start} when there is none. */
    private static int before(BreakIterator breaks, String text, int start, int limit) {
        String rest = text.substring(start, Math.min(text.length(), limit + 1));
        breaks.setText(rest);
        int last = breaks.preceding(rest.length());
        return last == BreakIterator.DONE || last > limit - start ? start : start + last;
    }
}
