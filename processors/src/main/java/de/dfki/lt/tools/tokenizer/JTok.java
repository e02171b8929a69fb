package de.dfki.lt.tools.tokenizer;

import de.dfki.lt.tools.tokenizer.annotate.AnnotatedString;
import de.dfki.lt.tools.tokenizer.annotate.FastAnnotatedString;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text into words and marks of punctuation: enough for the sentences that the hub hands to MaryTTS, which hold
 * words, apostrophes, hyphens and punctuation only. MaryTTS finds it by this name; the original is not to be had.
 */
public final class JTok {

    private static final Pattern TOKEN =
            Pattern.compile("[\\p{L}\\p{N}]+(?:['-][\\p{L}\\p{N}]+)*'?|[^\\s\\p{L}\\p{N}]");

    /** The original's settings mean nothing here. */
    public JTok(Properties settings) {}

    /** The text with the annotation {@code class} on each token. */
    public AnnotatedString tokenize(String text, String language) {
        FastAnnotatedString tokens = new FastAnnotatedString(text);
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String kind = Character.isLetterOrDigit(token.group().codePointAt(0)) ? "WORD" : "PUNCTUATION";
            tokens.annotate("class", kind, token.start(), token.end());
        }
        return tokens;
    }
}
