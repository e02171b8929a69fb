package org.caravox.masking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where personal data stands in a text. */
final class PrivateText {

    /** Digits, or an English digit as it is spoken. */
    private static final Pattern DIGITS = Pattern.compile(
            "\\d+|\\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\\b", Pattern.CASE_INSENSITIVE);

    private static final Map<String, String> SPOKEN = Map.ofEntries(
            Map.entry("zero", "0"),
            Map.entry("oh", "0"),
            Map.entry("one", "1"),
            Map.entry("two", "2"),
            Map.entry("three", "3"),
            Map.entry("four", "4"),
            Map.entry("five", "5"),
            Map.entry("six", "6"),
            Map.entry("seven", "7"),
            Map.entry("eight", "8"),
            Map.entry("nine", "9"));

    /** What may stand between the digits of one card: a space, a dash, a pause. */
    private static final Pattern BETWEEN = Pattern.compile("[\\s.,-]{0,3}");

    private static final Pattern PHONE =
            Pattern.compile("(?<![\\w+])(?:\\+\\d|\\(?0\\d)(?:[\\s()./-]{0,2}\\d){6,13}(?!\\d)");
    private static final Pattern EMAIL = Pattern.compile(
            "[\\w.%+-]{1,64}@[a-z\\d](?:[a-z\\d-]{0,62})(?:\\.[a-z\\d](?:[a-z\\d-]{0,62})){1,8}",
            Pattern.CASE_INSENSITIVE);

    private static final int SHORTEST_CARD = 13;
    private static final int LONGEST_CARD = 19;

    /** From the first character to before {@code end}. */
    record Span(int start, int end, Private kind) {}

    /** Digits that stand together. */
    private record Group(int start, int end, String digits) {}

    private PrivateText() {}

    /** In order, without overlaps. */
    static List<Span> find(String text, Set<Private> kinds) {
        List<Span> spans = new ArrayList<>();
        if (kinds.contains(Private.CARDS)) {
            cards(text, spans);
        }
        if (kinds.contains(Private.EMAILS)) {
            add(EMAIL.matcher(text), Private.EMAILS, spans);
        }
        if (kinds.contains(Private.PHONES)) {
            add(PHONE.matcher(text), Private.PHONES, spans);
        }
        spans.sort(Comparator.comparingInt(Span::start));
        return spans;
    }

    private static void add(Matcher found, Private kind, List<Span> spans) {
        while (found.find()) {
            int start = found.start();
            int end = found.end();
            if (spans.stream().noneMatch(span -> span.start() < end && start < span.end())) {
                spans.add(new Span(start, end, kind));
            }
        }
    }

    private static void cards(String text, List<Span> spans) {
        List<Group> groups = new ArrayList<>();
        Matcher digits = DIGITS.matcher(text);
        while (digits.find()) {
            String digit = digits.group();
            groups.add(new Group(
                    digits.start(), digits.end(), SPOKEN.getOrDefault(digit.toLowerCase(Locale.ROOT), digit)));
        }
        int from = 0;
        while (from < groups.size()) {
            int to = endOfCard(text, groups, from);
            if (to > from) {
                spans.add(new Span(groups.get(from).start(), groups.get(to - 1).end(), Private.CARDS));
                from = to;
            } else {
                from++;
            }
        }
    }

    /** Behind the last group of the longest card that begins at one; that one when none does. */
    private static int endOfCard(String text, List<Group> groups, int from) {
        StringBuilder number = new StringBuilder();
        int end = from;
        for (int at = from; at < groups.size(); at++) {
            Group group = groups.get(at);
            boolean apart = at > from
                    && !BETWEEN.matcher(text.substring(groups.get(at - 1).end(), group.start()))
                            .matches();
            if (apart || number.length() + group.digits().length() > LONGEST_CARD) {
                break;
            }
            number.append(group.digits());
            if (number.length() >= SHORTEST_CARD && luhn(number)) {
                end = at + 1;
            }
        }
        return end;
    }

    private static boolean luhn(CharSequence number) {
        int sum = 0;
        for (int i = 0; i < number.length(); i++) {
            int digit = number.charAt(number.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }
}
