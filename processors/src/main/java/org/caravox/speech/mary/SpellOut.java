package org.caravox.speech.mary;

import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.text.Transliterator;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;

/**
 * Turns written English into what is said: numbers, money, times, dates, addresses, units and abbreviations as words.
 * What comes out are ASCII letters, spaces, apostrophes, hyphens and the punctuation {@code . , ? ! ; :} only, so
 * that nothing in it means anything to an XML parser. One object may be used by many threads.
 */
final class SpellOut {

    private static final String NUMBER = "\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?";
    private static final String BEFORE = "(?<![\\w.])";
    private static final int LONGEST_CARDINAL = 4;
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");

    /** Singular and plural of the whole, singular and plural of the hundredth. */
    private record Currency(String one, String many, String cent, String cents) {}

    private static final Currency DOLLAR = new Currency("dollar", "dollars", "cent", "cents");
    private static final Currency EURO = new Currency("euro", "euros", "cent", "cents");
    private static final Currency POUND = new Currency("pound", "pounds", "penny", "pence");
    private static final Currency YEN = new Currency("yen", "yen", "sen", "sen");
    private static final Map<String, Currency> CURRENCIES = Map.of(
            "$", DOLLAR, "USD", DOLLAR, "\u20ac", EURO, "EUR", EURO, "\u00a3", POUND, "GBP", POUND, "\u00a5", YEN,
            "JPY", YEN);

    private static final Map<String, String> UNITS = Map.ofEntries(
            Map.entry("kg", "kilogram"),
            Map.entry("g", "gram"),
            Map.entry("mg", "milligram"),
            Map.entry("km", "kilometer"),
            Map.entry("m", "meter"),
            Map.entry("cm", "centimeter"),
            Map.entry("mm", "millimeter"),
            Map.entry("lb", "pound"),
            Map.entry("lbs", "pound"),
            Map.entry("oz", "ounce"),
            Map.entry("ml", "milliliter"),
            Map.entry("mi", "mile"),
            Map.entry("sec", "second"),
            Map.entry("ms", "millisecond"),
            Map.entry("min", "minute"),
            Map.entry("hr", "hour"),
            Map.entry("hrs", "hour"),
            Map.entry("KB", "kilobyte"),
            Map.entry("MB", "megabyte"),
            Map.entry("GB", "gigabyte"),
            Map.entry("TB", "terabyte"),
            Map.entry("kW", "kilowatt"));

    private static final Map<String, String> ABBREVIATIONS = Map.ofEntries(
            Map.entry("mr.", "mister"),
            Map.entry("mrs.", "missus"),
            Map.entry("ms.", "miz"),
            Map.entry("dr.", "doctor"),
            Map.entry("prof.", "professor"),
            Map.entry("jr.", "junior"),
            Map.entry("sr.", "senior"),
            Map.entry("vs.", "versus"),
            Map.entry("etc.", "et cetera"),
            Map.entry("e.g.", "for example"),
            Map.entry("i.e.", "that is"),
            Map.entry("approx.", "approximately"),
            Map.entry("dept.", "department"),
            Map.entry("inc.", "incorporated"),
            Map.entry("ltd.", "limited"),
            Map.entry("corp.", "corporation"),
            Map.entry("ave.", "avenue"),
            Map.entry("rd.", "road"),
            Map.entry("blvd.", "boulevard"),
            Map.entry("apt.", "apartment"),
            Map.entry("ext.", "extension"),
            Map.entry("tel.", "telephone"));

    private record Rule(Pattern pattern, Function<MatchResult, String> said) {}

    private final RuleBasedNumberFormat numbers = new RuleBasedNumberFormat(Locale.US, RuleBasedNumberFormat.SPELLOUT);
    private final Transliterator plainLetters = Transliterator.getInstance("Latin-ASCII");
    private final List<Rule> rules = List.of(
            rule("\\s*\\R\\s*\\R\\s*|\\s*\\R\\s*(?:[-*\u2022]|\\d+[.)])\\s+", found -> ". "),
            rule("\\s+", found -> " "),
            rule("(?i)\\bhttps?://", found -> ""),
            rule("[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+", found -> address(found.group())),
            rule(
                    "(?i)\\b[a-z][\\w-]*(?:\\.[\\w-]+)*\\.(?:com|org|net|io|dev|ai|co|uk|de|eu|edu|gov)\\b(?:/[\\w/.-]*\\w)?",
                    found -> address(found.group())),
            rule(
                    "(?i)\\b(?:"
                            + ABBREVIATIONS.keySet().stream()
                                    .map(Pattern::quote)
                                    .collect(Collectors.joining("|")) + ")(?=$|[\\s,;:)?!\"'])(\\s*$)?",
                    this::abbreviation),
            rule("\\bSt\\. (?=[A-Z])", found -> "Saint "),
            rule("\\bSt\\.(?=[\\s,]|$)", found -> "Street"),
            rule("\\bNo\\. ?(?=\\d)", found -> "number "),
            rule(
                    BEFORE + "(\\d{1,2}):([0-5]\\d)(?::[0-5]\\d)?\\b(?: ?([aApP])\\.?[mM]\\b\\.?)?(?=(\\s+[A-Z])?)",
                    this::time),
            rule(
                    BEFORE + "(\\d{1,2}) ?([aApP])\\.?[mM]\\b\\.?(?=(\\s+[A-Z])?)",
                    found -> cardinal(found.group(1)) + half(found.group(2)) + stop(found, 3)),
            rule(
                    BEFORE + "([12]\\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(?!\\d)",
                    found -> date(found.group(1), found.group(2), found.group(3))),
            rule(
                    BEFORE + "(0?[1-9]|1[0-2])/(0?[1-9]|[12]\\d|3[01])/([12]\\d{3})(?!\\d)",
                    found -> date(found.group(3), found.group(1), found.group(2))),
            rule(
                    "(USD|EUR|GBP|JPY|[$\u20ac\u00a3\u00a5]) ?(" + NUMBER
                            + ")( (?:thousand|million|billion|trillion))?(?!\\w)",
                    found -> money(found.group(1), found.group(2), found.group(3))),
            rule(
                    BEFORE + "(" + NUMBER
                            + ")( (?:thousand|million|billion|trillion))? ?(USD|EUR|GBP|JPY|[\u20ac\u00a3\u00a5])(?!\\w)",
                    found -> money(found.group(3), found.group(1), found.group(2))),
            rule(
                    "(?<!\\w)\\+?(?:\\d{1,3}[-. ])?\\(\\d{2,5}\\)[-. ]?\\d[\\d-. ]{4,}\\d|(?<!\\w)\\+\\d[\\d-. ]{6,}\\d"
                            + "|(?<![\\w.])(?:\\d{1,2}[- ])?\\d{3}([-. ])\\d{3}\\1\\d{4}(?!\\w)|(?<![\\w.-])\\d{3}-\\d{4}(?![\\w-])"
                            + "|(?<!\\w)\\d{4}([- ])\\d{4}\\2\\d{4}(?:\\2\\d{4})?(?!\\w)",
                    found -> phone(found.group())),
            rule("(?<=^|[\\s(])[-\u2212](?=\\d)", found -> "minus "),
            rule("(" + NUMBER + ") ?[-\u2013\u2014] ?(?=\\d)", found -> number(found.group(1)) + " to "),
            rule(BEFORE + "([13])/([24])(?![\\d/])", SpellOut::fraction),
            rule("(?<=\\d)/(?=\\d)", found -> " over "),
            rule(BEFORE + "\\d+(?:\\.\\d+){2,}(?!\\w)", found -> parts(found.group())),
            rule("\\b(\\d+)(?:st|nd|rd|th)\\b", found -> ordinal(found.group(1))),
            rule(BEFORE + "(" + NUMBER + ") ?%", found -> number(found.group(1)) + " percent"),
            rule(
                    "(" + NUMBER + ") ?\u00b0 ?([CF])\\b",
                    found -> number(found.group(1)) + " degrees "
                            + (found.group(2).equals("C") ? "Celsius" : "Fahrenheit")),
            rule("(" + NUMBER + ") ?(?:km/h|kph)\\b", found -> number(found.group(1)) + " kilometers per hour"),
            rule("(" + NUMBER + ") ?mph\\b", found -> number(found.group(1)) + " miles per hour"),
            rule(BEFORE + "(" + NUMBER + ") ?(" + String.join("|", UNITS.keySet()) + ")\\b(?!')", this::measure),
            rule("(?<=^|[\\s(])~ ?(?=\\d)", found -> "about "),
            rule("#(?=\\d)", found -> "number "),
            rule("(" + NUMBER + ")(?=[A-Za-z])", found -> " " + number(found.group(1)) + " "),
            rule("(?<=[A-Za-z])-?(" + NUMBER + ")", found -> " " + number(found.group(1))),
            rule(NUMBER, found -> number(found.group())),
            rule("\\b(?:[A-Z]\\.){2,}(?=(\\s+[A-Z]|\\s*$)?)", SpellOut::initials),
            rule("\\b[B-DF-HJ-NP-TV-XZ]{2,5}\\b", found -> spaced(found.group())),
            rule("(?<=\\w)\\s*/\\s*(?=\\w)", found -> " slash "),
            rule("&", found -> " and "),
            rule("(?<=\\w) ?@ ?(?=\\w)", found -> " at "),
            rule("(?<=\\w) ?\\+ ?(?=\\w)", found -> " plus "),
            rule("(?<=\\w)\\+\\+", found -> " plus plus"),
            rule("(?<=\\w) ?= ?(?=\\w)", found -> " equals "),
            rule("\u00b0", found -> " degrees"),
            rule("\u00a7", found -> "section "),
            rule(
                    "\\.{2,}(?=\\s*[a-z])|\u2026(?=\\s*[a-z])|\\s[-\u2013\u2014]+\\s|\u2014|[|\u2022()\\[\\]{}]",
                    found -> ", "),
            rule("\u2026", found -> "."),
            rule("[^A-Za-z'.,?!;:-]+", found -> " "),
            rule("(?<![A-Za-z])['-]+|['-]+(?![A-Za-z])", found -> " "),
            rule("(?:\\s*[.,?!;:])+", found -> strongest(found.group())),
            rule("^[ .,?!;:]+", found -> ""),
            rule(" *[,;:]+ *$", found -> "."),
            rule("(?<=[A-Za-z])\\.(?=[A-Za-z])", found -> " dot "),
            rule("(?<=[.,?!;:])(?=[A-Za-z])", found -> " "),
            rule(" {2,}", found -> " "));

    private static Rule rule(String pattern, Function<MatchResult, String> said) {
        return new Rule(Pattern.compile(pattern), said);
    }

    /**
     * The text as it is said.
     *
     * @throws Refusal INVALID when nothing in it can be said in English, or most of it is in another script
     */
    String say(String written) {
        String text = readable(written);
        for (Rule rule : rules) {
            text = rule.pattern().matcher(text).replaceAll(found -> rule.said().apply(found));
        }
        if (text.isBlank()) {
            throw Refusal.invalid("the text has no words that the embedded voice can say: send English text");
        }
        return text.strip();
    }

    private String readable(String written) {
        String text = Normalizer.normalize(written, Normalizer.Form.NFKC);
        long letters = text.codePoints().filter(Character::isLetter).count();
        long foreign = text.codePoints()
                .filter(letter -> Character.isLetter(letter)
                        && Character.UnicodeScript.of(letter) != Character.UnicodeScript.LATIN)
                .count();
        if (2 * foreign > letters) {
            throw Refusal.invalid("the text is not in Latin script: the embedded voice speaks English only");
        }
        synchronized (plainLetters) {
            return plainLetters.transliterate(text);
        }
    }

    private String abbreviation(MatchResult found) {
        String said = ABBREVIATIONS.getOrDefault(found.group().strip().toLowerCase(Locale.ROOT), "");
        return found.group(1) == null ? said : said + ".";
    }

    private String time(MatchResult found) {
        int minutes = Integer.parseInt(found.group(2));
        String half = found.group(3) == null ? "" : half(found.group(3));
        String hour = cardinal(found.group(1));
        if (minutes == 0) {
            boolean afternoon = Integer.parseInt(found.group(1)) > 12;
            return hour + (half.isEmpty() ? afternoon ? " hundred" : " o'clock" : half) + stop(found, 4);
        }
        return hour + (minutes < 10 ? " oh " : " ") + cardinal(found.group(2)) + half + stop(found, 4);
    }

    private static String half(String letter) {
        return letter.equalsIgnoreCase("a") ? " A M" : " P M";
    }

    /** The full stop of "p.m." is the sentence's too where a capital follows; else a pause does no harm. */
    private static String stop(MatchResult found, int capital) {
        return !found.group().endsWith(".") ? "" : found.group(capital) == null ? "," : ".";
    }

    private String date(String year, String month, String day) {
        return MONTHS.get(Integer.parseInt(month) - 1) + " " + ordinal(day) + ", " + number(year);
    }

    private String money(String symbol, String amount, String scale) {
        Currency currency = CURRENCIES.getOrDefault(symbol, DOLLAR);
        BigDecimal exact = new BigDecimal(amount.replace(",", ""));
        if (scale != null || exact.scale() > 2) {
            return number(amount) + (scale == null ? "" : scale) + " " + currency.many();
        }
        long whole = exact.longValue();
        int hundredths = exact.remainder(BigDecimal.ONE).movePointRight(2).intValue();
        String cents = words(hundredths) + " " + (hundredths == 1 ? currency.cent() : currency.cents());
        String wholes = words(whole) + " " + (whole == 1 ? currency.one() : currency.many());
        return hundredths == 0 ? wholes : whole == 0 ? cents : wholes + " and " + cents;
    }

    private String measure(MatchResult found) {
        String unit = UNITS.getOrDefault(found.group(2), found.group(2));
        return number(found.group(1)) + " " + unit + (found.group(1).equals("1") ? "" : "s");
    }

    private String address(String address) {
        return " "
                + address.replaceAll("\\d", " $0 ")
                        .replace("@", " at ")
                        .replace(".", " dot ")
                        .replace("_", " underscore ")
                        .replace("-", " dash ")
                        .replace("+", " plus ")
                        .replace("/", " slash ")
                + " ";
    }

    private String phone(String written) {
        String plus = written.startsWith("+") ? "plus " : "";
        return plus
                + List.of(written.replaceAll("^\\D+|\\D+$", "").split("\\D+")).stream()
                        .map(this::digits)
                        .collect(Collectors.joining(", "));
    }

    private String parts(String dotted) {
        return List.of(dotted.split("\\.")).stream().map(this::number).collect(Collectors.joining(" dot "));
    }

    /** Any way that a number is written, without its sign. */
    private String number(String written) {
        String whole = written.replaceAll("\\..*", "");
        String rest = written.substring(whole.length());
        return whole(whole) + (rest.isEmpty() ? "" : " point " + digits(rest.substring(1)));
    }

    private String whole(String written) {
        if (written.contains(",")) {
            return cardinal(written.replace(",", ""));
        }
        boolean code = written.length() > LONGEST_CARDINAL || written.matches("0\\d+");
        return code ? digits(written) : written.matches("1[1-9]\\d\\d|20\\d\\d") ? year(written) : cardinal(written);
    }

    private String digits(String digits) {
        return digits.chars().mapToObj(digit -> words(digit - '0')).collect(Collectors.joining(" "));
    }

    private String cardinal(String digits) {
        return digits.length() > 15 ? digits(digits) : words(Long.parseLong(digits));
    }

    private String words(long number) {
        return said(number, "%spellout-cardinal");
    }

    private String year(String digits) {
        return said(Long.parseLong(digits), "%spellout-numbering-year");
    }

    private String ordinal(String digits) {
        return digits.length() > 15 ? digits(digits) : said(Long.parseLong(digits), "%spellout-ordinal");
    }

    private String said(long number, String rules) {
        synchronized (numbers) {
            return numbers.format(number, rules).replace('-', ' ');
        }
    }

    private static String fraction(MatchResult found) {
        String part = found.group(2).equals("2") ? "half" : "quarter";
        return found.group(1).equals("1") ? "one " + part : "three " + (part.equals("half") ? "halves" : "quarters");
    }

    private static String initials(MatchResult found) {
        String letters = spaced(found.group().replace(".", ""));
        return found.group(1) == null ? letters : letters + ".";
    }

    private static String spaced(String letters) {
        return letters.replaceAll("(?<=.)(?=.)", " ");
    }

    /** One mark for a run of them: the one that changes the tone most. */
    private static String strongest(String marks) {
        for (String mark : List.of("?", "!", ".", ";", ":")) {
            if (marks.contains(mark)) {
                return mark;
            }
        }
        return ",";
    }
}
