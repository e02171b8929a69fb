package org.caravox.speech.mary;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a text into what is synthesised at a time: sentences, and parts of the overlong ones. */
final class Sentences {

    private final Locale locale;
    private final int mostCharacters;

    /** @param mostCharacters how long a part may be, at least 1 */
    Sentences(Locale locale, int mostCharacters) {
        this.locale = locale;
        this.mostCharacters = mostCharacters;
    }

    /** The parts, in order, none blank. Together they hold all words of the text. */
    List<String> of(String text) {
        List<String> parts = new ArrayList<>();
        BreakIterator breaks = BreakIterator.getSentenceInstance(locale);
        breaks.setText(text);
        int start = breaks.first();
        for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
            addParts(text.substring(start, end).strip(), parts);
        }
        return parts;
    }

    private void addParts(String sentence, List<String> parts) {
        String rest = sentence;
        while (rest.length() > mostCharacters) {
            int cut = cut(rest);
            parts.add(rest.substring(0, cut).strip());
            rest = rest.substring(cut).strip();
        }
        if (!rest.isEmpty()) {
            parts.add(rest);
        }
    }

    /** After the last comma that fits, if it is in the second half; else at the last space; else anywhere. */
    private int cut(String sentence) {
        int space = mostCharacters;
        int comma = 0;
        boolean spaceSeen = false;
        for (int at = mostCharacters; at > 0 && comma == 0; at--) {
            if (!Character.isWhitespace(sentence.charAt(at))) {
                continue;
            }
            if (!spaceSeen) {
                space = at;
                spaceSeen = true;
            }
            if (",;:".indexOf(sentence.charAt(at - 1)) >= 0) {
                comma = at;
            }
        }
        return comma > mostCharacters / 2 ? comma : space;
    }
}
