package org.caravox.routes.seen;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What operators may see of messages: their shape, ids and figures. What people said or wrote, who they are and what opens
 * doors is masked, since operators read nobody's transcripts.
 */
final class Masks {

    /** Stands for what is not told. */
    static final String MASK = "***";

    private static final Pattern SECRET = Pattern.compile(
            "authorization|cookie|token|secret|passw|signature|credential|api-?_?key|private-?_?key|dsn|^key$");
    private static final Pattern PERSONAL = Pattern.compile(
            "^(from|to|user-?id|name|first-?name|last-?name|e-?mail|phone|number|caller|callee|address|text|transcript"
                    + "|word|words|content|prompt|answer|input|message|q)$");
    /** Ids, words of a fixed set, times, paths. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:;/*{}\\[\\]-]{0,200}");
    /** Of a query, or of what has parameters: one, or a word beside them. */
    private static final Pattern PART = Pattern.compile("([^&;=]+)(=[^&;]*)?");

    private static final Pattern DIGITS = Pattern.compile("\\d{7,}");
    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer|token|basic) [A-Za-z0-9._~+/=-]+");
    private static final Pattern EMAIL = Pattern.compile("[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+");
    private static final Pattern NUMBER =
            Pattern.compile("\\+\\d[\\d ().-]{5,}\\d|(?<![\\w-])\\d(?:[ .-]?\\d){8,18}(?![\\w-])");
    private static final Pattern QUERY = Pattern.compile("(?<=[?&])([^=&\\s]+)=[^&\\s]*");
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+@");
    private static final JsonFactory JSON = new JsonFactory();

    private Masks() {}

    /** A sentence, like that of an error, without secrets, numbers of telephones and cards, and addresses. */
    static String sentence(String text) {
        String shown = USER_INFO.matcher(text).replaceAll(MASK + "@");
        shown = QUERY.matcher(shown).replaceAll("$1=" + MASK);
        shown = BEARER.matcher(shown).replaceAll("$1 " + MASK);
        shown = EMAIL.matcher(shown).replaceAll(MASK);
        return NUMBER.matcher(shown).replaceAll(MASK);
    }

    /** Headers by name. */
    static Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> shown = new TreeMap<>();
        headers.forEach((name, value) -> shown.put(name, value(name, value)));
        return shown;
    }

    /** JSON with its shape, even when its end is cut off; of any other text only how long it is. */
    static String body(String text, int cutFrom) {
        String bare = text.stripLeading();
        if (!bare.startsWith("{") && !bare.startsWith("[")) {
            return text.isEmpty() ? "" : MASK + " (" + cutFrom + " characters)";
        }
        StringWriter shown = new StringWriter();
        try (JsonParser parser = JSON.createParser(bare);
                JsonGenerator generator = JSON.createGenerator(shown)) {
            copy(parser, generator);
        } catch (IOException e) {
            return MASK + " (" + cutFrom + " characters)";
        }
        return shown.toString();
    }

    /** Closing the generator closes what a cut left open. */
    private static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
        try {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    generator.writeString(value(name(parser), parser.getText()));
                } else if (token == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() >= 7) {
                    generator.writeString(MASK);
                } else if (token == JsonToken.FIELD_NAME) {
                    generator.writeFieldName(key(parser.getText()));
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        } catch (JacksonException e) {
            if (generator.getOutputContext().inRoot()) {
                throw e;
            }
        }
    }

    /** The member that a value is of, or the list. */
    private static String name(JsonParser parser) throws IOException {
        String name = parser.currentName();
        if (name == null && parser.getParsingContext().getParent() != null) {
            name = parser.getParsingContext().getParent().getCurrentName();
        }
        return name == null ? "" : name;
    }

    /** Names of members can be data too. */
    private static String key(String name) {
        return PLAIN.matcher(name).matches() && !DIGITS.matcher(name).find() ? name : MASK;
    }

    private static String value(String name, String text) {
        String known = name.toLowerCase(Locale.ROOT);
        if (SECRET.matcher(known).find() || PERSONAL.matcher(known).matches()) {
            return text.isEmpty() ? "" : MASK;
        }
        return text.indexOf('=') < 0 ? word(text) : PART.matcher(text).replaceAll(Masks::part);
    }

    private static String part(MatchResult part) {
        String pair = part.group(2);
        String shown = pair == null
                ? word(part.group(1))
                : key(part.group(1)) + "="
                        + (pair.indexOf('=', 1) < 0 ? value(part.group(1), pair.substring(1)) : MASK);
        return Matcher.quoteReplacement(shown);
    }

    private static String word(String text) {
        boolean plain = PLAIN.matcher(text).matches()
                && (isId(text) || !DIGITS.matcher(text).find());
        return plain ? text : MASK;
    }

    private static boolean isId(String text) {
        return text.length() == 36 && text.charAt(8) == '-' && text.charAt(13) == '-';
    }
}
