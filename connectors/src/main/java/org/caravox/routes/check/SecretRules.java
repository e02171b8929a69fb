package org.caravox.routes.check;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Secrets are names: what is in a file of routes is seen by everybody who sees its history. */
final class SecretRules {

    private static final Pattern NAMED = Pattern.compile(
            "(?i).*(password|passwd|passphrase|secret|token|api-?_?key|access-?_?key|private-?_?key|credential|authorization|jaas).*");
    private static final Pattern SHAPED = Pattern.compile(
            "\\b(sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}"
                    + "|eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*|AIza[0-9A-Za-z_-]{30,}"
                    + "|whsec_[A-Za-z0-9+/=]{20,})|-----BEGIN [A-Z ]*PRIVATE KEY-----");
    private static final Pattern IN_URI = Pattern.compile("://[^/\\s:@{}]+:([^/\\s@{}]+)@");
    private static final Pattern BASIC = Pattern.compile("(?i)\\b(basic|bearer)\\s+[A-Za-z0-9+/=._-]{8,}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+/_=]{24,}");
    private static final Set<String> PROSE = Set.of("description", "note", "title");
    private static final double RANDOM = 3.6;
    private static final String REMEDY =
            "write \"{{caravox.secrets.NAME}}\", and put where the secret is into caravox.secrets.NAME of the settings";

    private SecretRules() {}

    static void check(Unit unit) {
        unit.tree().each((map, each) -> {
            if (each.value().isText()) {
                text(each.name(), each.value(), unit.findings());
            }
        });
        unit.addresses().forEach(address -> address.given().stream()
                .filter(each -> each.at().equals(address.uri()))
                .filter(each -> NAMED.matcher(each.name()).matches() && inClear(each.value()))
                .forEach(each -> told(
                        each.at(), "the parameter \"" + each.name() + "\" holds a secret in clear", unit.findings())));
    }

    private static void text(String name, Yaml value, Findings findings) {
        String text = value.text();
        if (NAMED.matcher(name).matches() && inClear(text)) {
            told(value, "\"" + name + "\" holds a secret in clear", findings);
        } else if (SHAPED.matcher(text).find()) {
            told(value, "this looks like a key or a token", findings);
        } else if (IN_URI.matcher(text).find()) {
            told(value, "there is a password in this address", findings);
        } else if (BASIC.matcher(text).find()) {
            told(value, "this is a credential in clear", findings);
        } else if (!PROSE.contains(name) && random(text)) {
            told(value, "this looks like a secret in clear", findings);
        }
    }

    /** What is no YAML of routes: mappings and cases. */
    static void plain(String text, Findings findings) {
        int line = 0;
        for (String each : text.lines().toList()) {
            line++;
            Matcher shaped = SHAPED.matcher(each);
            if (shaped.find()) {
                findings.error(
                        line,
                        shaped.start() + 1,
                        "this looks like a key or a token",
                        "write something made up instead");
            }
        }
    }

    private static boolean inClear(String value) {
        return !value.isBlank()
                && !value.contains("{{")
                && !value.contains("${")
                && !value.startsWith("#")
                && !value.matches("true|false|\\d{1,6}");
    }

    private static boolean random(String text) {
        if (text.contains("{{") || text.contains("${")) {
            return false;
        }
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String word = words.group();
            boolean mixed = word.matches(".*[0-9].*[0-9].*") && word.matches(".*[A-Za-z].*");
            if (mixed && entropy(word) > RANDOM) {
                return true;
            }
        }
        return false;
    }

    /** Bits a character. */
    private static double entropy(String word) {
        return word.toLowerCase(Locale.ROOT)
                .chars()
                .distinct()
                .mapToDouble(letter -> {
                    double share = word.toLowerCase(Locale.ROOT)
                                    .chars()
                                    .filter(each -> each == letter)
                                    .count()
                            / (double) word.length();
                    return -share * Math.log(share) / Math.log(2);
                })
                .sum();
    }

    private static void told(Yaml at, String problem, Findings findings) {
        findings.error(at, problem, REMEDY);
    }
}
