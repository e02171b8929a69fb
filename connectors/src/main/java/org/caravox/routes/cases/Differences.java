package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What was expected and what was got, where they are not the same. */
final class Differences {

    private static final Set<String> RULES = Set.of("contains", "matches", "present");

    private final Values values;
    private final List<String> found = new ArrayList<>();

    Differences(Values values) {
        this.values = values;
    }

    /** All of them, each for itself. */
    List<String> found() {
        return found;
    }

    /** Something that is not a value against another. */
    void add(String difference) {
        found.add(difference);
    }

    /** Two values that are not the same. */
    void add(String what, String expected, String got) {
        found.add(SideBySide.of(what, expected, got));
    }

    /** Holds each value that is named against what there is. */
    void compare(String what, Map<String, JsonNode> expected, Map<String, JsonNode> got) {
        expected.forEach(
                (name, value) -> compare(what + "." + name, value, got.getOrDefault(name, MissingNode.getInstance())));
    }

    /** Holds what is named of a value against what there is. */
    void compare(String what, JsonNode expected, JsonNode got) {
        if (isRule(expected)) {
            rule(what, expected, got);
        } else if (expected.isObject()) {
            object(what, expected, values.parsed(got));
        } else if (expected.isArray()) {
            array(what, expected, values.parsed(got));
        } else if (!same(expected, got)) {
            add(what, text(expected), text(got));
        }
    }

    private static boolean isRule(JsonNode expected) {
        return expected.isObject()
                && expected.size() == 1
                && RULES.contains(expected.fieldNames().next());
    }

    private void rule(String what, JsonNode rule, JsonNode got) {
        String name = rule.fieldNames().next();
        JsonNode value = rule.get(name);
        String text = text(got);
        boolean holds =
                switch (name) {
                    case "present" -> value.asBoolean() == !(got.isMissingNode() || got.isNull());
                    case "contains" -> got.isArray() ? contains(got, value) : text.contains(value.asText());
                    default -> matches(value.asText(), text);
                };
        if (!holds) {
            add(what, name + ": " + text(value), text(got));
        }
    }

    private boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode each : list) {
            Differences differences = new Differences(values);
            differences.compare("", value, each);
            if (differences.found.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String expression, String text) {
        try {
            return Pattern.compile(expression, Pattern.DOTALL).matcher(text).matches();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private void object(String what, JsonNode expected, JsonNode got) {
        if (!got.isObject()) {
            add(what, text(expected), text(got));
            return;
        }
        expected.properties()
                .forEach(member -> compare(what + "." + member.getKey(), member.getValue(), got.path(member.getKey())));
    }

    private void array(String what, JsonNode expected, JsonNode got) {
        if (!got.isArray() || got.size() != expected.size()) {
            add(what, text(expected), text(got));
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            compare(what + "[" + i + "]", expected.get(i), got.get(i));
        }
    }

    /** 1 and 1.0 are the same, and so are 200 and "200": headers have no types. */
    private static boolean same(JsonNode expected, JsonNode got) {
        if (expected.isNull()) {
            return got.isNull() || got.isMissingNode();
        }
        if (expected.isNumber() && got.isNumber()) {
            return expected.decimalValue().compareTo(got.decimalValue()) == 0;
        }
        return got.isValueNode() && !got.isMissingNode() && expected.asText().equals(got.asText());
    }

    private static String text(JsonNode node) {
        if (node.isMissingNode()) {
            return "(nothing)";
        }
        return node.isTextual() ? node.textValue() : node.toPrettyString();
    }
}
