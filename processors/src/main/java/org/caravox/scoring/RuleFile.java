package org.caravox.scoring;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;

/** Reads a set of rules from YAML. Whatever is wrong is told with the file, the rule and what to write. */
public final class RuleFile {

    private static final ObjectReader YAML =
            new YAMLMapper().reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MOST_RULES = 50;
    private static final int MOST_PHRASES = 200;
    private static final int LONGEST = 200;
    private static final int MOST_POINTS = 100;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,5})(s|m|h)");
    private static final Set<String> KEYS =
            Set.of("name", "version", "tenants", "customer", "bands", "phrases", "rules");
    private static final Set<String> RULE_KEYS = Set.of("id", "when", "points", "cap", "evidence");
    private static final Set<String> PHRASE_KEYS = Set.of("by", "times-at-least");

    /** The kinds of signals; those that are of phrases take further keys. */
    private static final Set<String> SIGNALS = new TreeSet<>(Set.of(
            "says",
            "mentions",
            "sentiment",
            "asks-call-back",
            "duration-above",
            "duration-below",
            "talk-ratio-above",
            "talk-ratio-below"));

    private final String file;
    private final Map<String, List<List<String>>> lists = new LinkedHashMap<>();

    private RuleFile(String file) {
        this.file = file;
    }

    /**
     * Reads a set of rules.
     *
     * @param file its name, for messages
     * @param text YAML
     * @throws Refusal INVALID, with the file, the rule and what to write
     */
    public static RuleSet read(String file, String text) {
        JsonNode root;
        try {
            root = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw Refusal.invalid(file + " is not YAML: line " + line(e) + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
        return new RuleFile(file).set(root);
    }

    private static String line(JsonProcessingException e) {
        return e.getLocation() == null ? "?" : Integer.toString(e.getLocation().getLineNr());
    }

    private RuleSet set(JsonNode root) {
        if (!root.isObject()) {
            throw wrong("must hold name, version, tenants, bands and rules");
        }
        checkKeys("", root, KEYS);
        String name = text("name", root.path("name"));
        if (!NAME.matcher(name).matches()) {
            throw wrong("name must be up to 63 lower-case letters, digits and dashes, was \"" + name + "\"");
        }
        root.path("phrases")
                .properties()
                .forEach(list -> lists.put(list.getKey(), phrases("phrases." + list.getKey(), list.getValue())));
        return new RuleSet(
                name,
                number("version", root.path("version"), 1, Integer.MAX_VALUE),
                tenants(root.path("tenants")),
                root.has("customer") ? number("customer", root.path("customer"), 0, 31) : 1,
                bands(root.path("bands")),
                rules(root.path("rules")));
    }

    private List<String> tenants(JsonNode node) {
        if (node.isTextual() && node.textValue().equals("all")) {
            return List.of(RuleSet.ALL);
        }
        if (!node.isArray() || node.isEmpty()) {
            throw wrong("tenants must be all, or a list like [acme, globex]");
        }
        return node.valueStream().map(tenant -> text("tenants", tenant)).toList();
    }

    private Map<String, Integer> bands(JsonNode node) {
        Map<String, Integer> bands = new LinkedHashMap<>();
        node.properties()
                .forEach(band ->
                        bands.put(band.getKey(), number("bands." + band.getKey(), band.getValue(), 0, MOST_POINTS)));
        if (!bands.containsValue(0) || new HashSet<>(bands.values()).size() < bands.size()) {
            throw wrong("bands must tell the least score of each band, all different, one of them 0,"
                    + " like {hot: 70, warm: 40, cold: 0}");
        }
        return bands;
    }

    private List<Rule> rules(JsonNode node) {
        if (!node.isArray() || node.isEmpty() || node.size() > MOST_RULES) {
            throw wrong("rules must be a list of 1 to " + MOST_RULES + " rules");
        }
        List<Rule> rules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode each : node) {
            Rule rule = rule(each);
            if (!ids.add(rule.id())) {
                throw wrong("two rules have the id " + rule.id() + ": give one of them another");
            }
            rules.add(rule);
        }
        return rules;
    }

    private Rule rule(JsonNode node) {
        String id = text("the id of a rule", node.path("id"));
        String where = "rule " + id + ": ";
        checkKeys(where, node, RULE_KEYS);
        int points = number(where + "points", node.path("points"), -MOST_POINTS, MOST_POINTS);
        if (points == 0) {
            throw wrong(where + "points must not be 0");
        }
        int least = Math.abs(points);
        int cap = node.has("cap") ? number(where + "cap", node.path("cap"), least, MOST_POINTS) : least;
        return new Rule(
                id, signal(where, node.path("when")), points, cap, text(where + "evidence", node.path("evidence")));
    }

    private Signal signal(String where, JsonNode when) {
        List<String> kinds = SIGNALS.stream().filter(when::has).toList();
        if (kinds.size() != 1) {
            throw wrong(where + "when must have one of " + String.join(", ", SIGNALS) + ", like {says: [how much]}");
        }
        String kind = kinds.get(0);
        JsonNode value = when.get(kind);
        String what = where + kind;
        return switch (kind) {
            case "duration-above", "duration-below" -> {
                checkKeys(where, when, Set.of(kind));
                yield new Signal.Lasts(kind.endsWith("-above"), length(what, value));
            }
            case "talk-ratio-above", "talk-ratio-below" -> {
                checkKeys(where, when, Set.of(kind));
                yield new Signal.Talks(kind.endsWith("-above"), share(what, value));
            }
            default -> says(where, when, kind, listOf(what, kind, value));
        };
    }

    private Signal says(String where, JsonNode when, String kind, List<List<String>> phrases) {
        Set<String> known = new TreeSet<>(PHRASE_KEYS);
        known.add(kind);
        checkKeys(where, when, known);
        int times =
                when.has("times-at-least") ? number(where + "times-at-least", when.path("times-at-least"), 1, 1000) : 1;
        return new Signal.Says(phrases, by(where, when.path("by")), times);
    }

    private List<List<String>> listOf(String what, String kind, JsonNode value) {
        return switch (kind) {
            case "says" -> phrases(what, value);
            case "asks-call-back" -> {
                if (!value.isBoolean() || !value.booleanValue()) {
                    throw wrong(what + " must be true");
                }
                yield list(what, "call-back");
            }
            case "sentiment" -> {
                String sentiment = text(what, value);
                if (!sentiment.equals("positive") && !sentiment.equals("negative")) {
                    throw wrong(what + " must be positive or negative, was \"" + sentiment + "\"");
                }
                yield list(what, sentiment);
            }
            default -> list(what, text(what, value));
        };
    }

    private List<List<String>> list(String what, String name) {
        List<List<String>> list = lists.get(name);
        if (list == null) {
            throw wrong(
                    what + " needs the list phrases." + name + ": write phrases: {" + name + ": [a phrase, another]}");
        }
        return list;
    }

    private List<List<String>> phrases(String what, JsonNode node) {
        if (!node.isArray() || node.isEmpty() || node.size() > MOST_PHRASES) {
            throw wrong(
                    what + " must be a list of 1 to " + MOST_PHRASES + " phrases, like [how much, what is the price]");
        }
        return node.valueStream().map(phrase -> words(what, text(what, phrase))).toList();
    }

    private List<String> words(String what, String phrase) {
        List<String> words = Speech.words(phrase);
        if (words.isEmpty()) {
            throw wrong(what + ": \"" + phrase + "\" has no word in it");
        }
        return words;
    }

    private Voice by(String where, JsonNode node) {
        if (node.isMissingNode()) {
            return Voice.ANYONE;
        }
        return switch (text(where + "by", node)) {
            case "agent" -> Voice.AGENT;
            case "customer" -> Voice.CUSTOMER;
            case "anyone" -> Voice.ANYONE;
            default -> throw wrong(where + "by must be agent, customer or anyone, was " + node);
        };
    }

    private Duration length(String what, JsonNode node) {
        Matcher length = LENGTH.matcher(node.asText());
        if (!length.matches()) {
            throw wrong(what + " must be a length of time like 60s, 5m or 1h, was " + shown(node));
        }
        long count = Long.parseLong(length.group(1));
        return switch (length.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private double share(String what, JsonNode node) {
        if (!node.isNumber() || node.doubleValue() < 0 || node.doubleValue() > 1) {
            throw wrong(what + " must be the customer's share of the talking, 0 to 1, was " + shown(node));
        }
        return node.doubleValue();
    }

    private int number(String what, JsonNode node, int least, int most) {
        if (!node.canConvertToInt() || !node.isIntegralNumber() || node.intValue() < least || node.intValue() > most) {
            String upTo = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
            throw wrong(what + " must be a whole number, " + upTo + ", was " + shown(node));
        }
        return node.intValue();
    }

    private String text(String what, JsonNode node) {
        if (!node.isTextual() || node.textValue().isBlank() || node.textValue().length() > LONGEST) {
            throw wrong(what + " must be text of up to " + LONGEST + " characters, was " + shown(node));
        }
        return node.textValue();
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    private void checkKeys(String where, JsonNode node, Set<String> known) {
        Set<String> unknown = new TreeSet<>();
        node.properties().forEach(member -> unknown.add(member.getKey()));
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw wrong(where + unknown.iterator().next() + " is not known: use "
                    + String.join(", ", new TreeSet<>(known)));
        }
    }

    private Refusal wrong(String what) {
        return Refusal.invalid(file + ": " + what);
    }
}
