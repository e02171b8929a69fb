package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.masking.Masking;

/**
 * Puts placeholders in the place of what is personal: the same one for the same thing, so that a case still says who is
 * who. What may be a secret is left out.
 */
final class Masks {

    private static final Pattern FOUND = Pattern.compile("(?<uuid>\\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\b)"
            + "|(?<time>\\b\\d{4}-\\d\\d-\\d\\d(?:T[0-9:.]+Z?)?)"
            + "|(?<url>\\bhttps?://[^\\s\"'<>]+)"
            + "|(?<mail>[\\w.+%-]+@[\\w-]+(?:\\.[\\w-]+)+)"
            + "|(?<secret>\\b(?=[\\w+/=-]*[A-Za-z])(?=[\\w+/=-]*\\d)[\\w+/=-]{24,})"
            + "|(?<number>\\+?\\(?\\d(?:[ ().-]{0,2}\\d){6,18})");
    /** Digits and digits in words, one after the other. */
    private static final Pattern DIGITS =
            Pattern.compile("(?i)(?:(?:\\d++|\\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\\b)"
                    + "[\\s.,-]{0,3}+){2,200}");

    private static final Pattern PERSON = Pattern.compile("(?i).*(?:name|customer|contact|patient|person|user_?id).*");
    private static final Pattern SECRET = Pattern.compile(
            "(?i).*(?:secret|token|password|passwd|authorization|credential|api_?key|signature|cookie).*");
    private static final Set<String> NO_PERSON = Set.of("hostname", "filename", "routename", "modelname");
    private static final int SHORTEST_NAME = 3;
    private static final int SHORTEST_CARD = 13;
    private static final List<String> CARDS = List.of("4111111111111111", "5555555555554444", "4012888888881881");

    private final Masking masking;
    private final Map<String, String> placeholders = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, String> names = new LinkedHashMap<>();

    Masks(Masking masking) {
        this.masking = masking;
    }

    /** Learns the names of people in a record, by the names of its members. */
    void learn(JsonNode record) {
        record.properties().forEach(member -> {
            if (member.getValue().isTextual() && isPerson(member.getKey())) {
                name(member.getValue().textValue());
            }
        });
        record.forEach(this::learn);
    }

    private static boolean isPerson(String member) {
        return !NO_PERSON.contains(member.toLowerCase(Locale.ROOT))
                && PERSON.matcher(member).matches();
    }

    /** Learns a name, whole and in parts. */
    void name(String name) {
        if (name.isBlank() || FOUND.matcher(name).find()) {
            return;
        }
        String placeholder = names.computeIfAbsent(name, any -> next("Person "));
        for (String part : name.split("[\\s,]+", -1)) {
            if (part.length() >= SHORTEST_NAME) {
                names.putIfAbsent(part, placeholder);
            }
        }
    }

    /** The same record without what is personal, and without what may be a secret. */
    JsonNode masked(JsonNode node) {
        if (node.isObject()) {
            ObjectNode masked = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(member -> {
                if (!SECRET.matcher(member.getKey()).matches()) {
                    masked.set(member.getKey(), masked(member.getValue()));
                }
            });
            return masked;
        }
        if (node.isArray()) {
            ArrayNode masked = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> masked.add(masked(each)));
            return masked;
        }
        if (node.isIntegralNumber() && FOUND.matcher(node.asText()).matches()) {
            return TextNode.valueOf(masked(node.asText()));
        }
        return node.isTextual() ? TextNode.valueOf(masked(node.textValue())) : node;
    }

    /** The same text without what is personal. */
    String masked(String text) {
        String written = DIGITS.matcher(text).replaceAll(run -> Matcher.quoteReplacement(spoken(run.group())));
        String masked = FOUND.matcher(written).replaceAll(found -> Matcher.quoteReplacement(replaced(found)));
        List<String> longestFirst = new ArrayList<>(names.keySet());
        longestFirst.sort((one, other) -> other.length() - one.length());
        for (String name : longestFirst) {
            masked = masked.replaceAll(
                    "(?iu)(?<![\\p{L}\\d])" + Pattern.quote(name) + "(?![\\p{L}\\d])",
                    Matcher.quoteReplacement(names.get(name)));
        }
        return masked;
    }

    /** Cards that are said, in words or half in words; those in digits get a number that is nobody's. */
    private String spoken(String digits) {
        return digits.chars().anyMatch(Character::isLetter) ? String.valueOf(masking.mask(digits, "cards")) : digits;
    }

    private String replaced(MatchResult found) {
        String text = found.group();
        if (found.group(1) != null || found.group(2) != null) {
            return text;
        }
        if (found.group(3) != null) {
            return placeholder(text, "https://example.com/");
        }
        if (found.group(4) != null) {
            return placeholder(text.toLowerCase(Locale.ROOT), "person-") + "@example.com";
        }
        if (found.group(5) != null) {
            return "(left out)";
        }
        return number(text);
    }

    private String number(String text) {
        String digits = text.replaceAll("\\D", "");
        if (digits.length() >= SHORTEST_CARD && luhn(digits)) {
            return placeholders.computeIfAbsent(
                    "card " + digits, any -> CARDS.get((counts.merge("card", 1, Integer::sum) - 1) % CARDS.size()));
        }
        // 555-0100 to 555-0199 are nobody's.
        return placeholders.computeIfAbsent(
                "number " + digits, any -> "+1415555%04d".formatted(99 + counts.merge("number", 1, Integer::sum)));
    }

    private static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighed = i % 2 == 0 ? digit : digit * 2;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        return sum % 10 == 0;
    }

    private String placeholder(String of, String kind) {
        return placeholders.computeIfAbsent(kind + of, any -> next(kind));
    }

    private String next(String kind) {
        return kind + counts.merge(kind, 1, Integer::sum);
    }
}
