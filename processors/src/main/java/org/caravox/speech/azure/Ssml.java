package org.caravox.speech.azure;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The document that has Azure speak a text. Source: W3C SSML 1.0, of which Azure takes a part; XML 1.0 §2.2, §2.4. */
final class Ssml {

    private Ssml() {}

    /**
     * Whether a text has characters that no XML document can hold, not even escaped.
     *
     * @return the first of them, as U+0000
     */
    static Optional<String> forbidden(String text) {
        return text.codePoints()
                .filter(point -> !allowed(point))
                .mapToObj(point -> String.format(Locale.ROOT, "U+%04X", point))
                .findFirst();
    }

    private static boolean allowed(int point) {
        boolean whitespace = point == '\t' || point == '\n' || point == '\r';
        boolean control = Character.getType(point) == Character.CONTROL;
        boolean halfPair = Character.getType(point) == Character.SURROGATE;
        return whitespace || !(control || halfPair || (point & 0xFFFE) == 0xFFFE);
    }

    /**
     * The document.
     *
     * @param language     of the document: that of the voice
     * @param otherLanguage what a voice that knows several is to speak; null is its own
     * @param speed        1 is normal
     * @param text         plain: markup in it is spoken, not obeyed
     */
    static String document(String voice, String language, @Nullable String otherLanguage, double speed, String text) {
        String content = escaped(text);
        if (speed != 1) {
            long percent = Math.round((speed - 1) * 100);
            content = "<prosody rate=\"" + (percent < 0 ? "" : "+") + percent + "%\">" + content + "</prosody>";
        }
        if (otherLanguage != null) {
            content = "<lang xml:lang=\"" + escaped(otherLanguage) + "\">" + content + "</lang>";
        }
        return "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"" + escaped(language)
                + "\"><voice name=\"" + escaped(voice) + "\">" + content + "</voice></speak>";
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&apos;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
