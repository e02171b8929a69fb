package org.caravox.routes.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.caravox.routes.check.Yaml.Kind;
import org.caravox.routes.check.Yaml.Member;
import org.jspecify.annotations.Nullable;

/**
 * Camel's own schema of routes in YAML, of which names, kinds and what is required are kept: the long form alone, which
 * visual editors read and write.
 */
final class Schema {

    /** What a step is. */
    static final String STEP = "org.apache.camel.model.ProcessorDefinition";

    static final String ROUTE = "org.apache.camel.model.RouteDefinition";
    static final String CONFIGURATION = "org.apache.camel.model.RouteConfigurationDefinition";
    static final String FROM = "org.apache.camel.model.FromDefinition";

    private static final String FILE = "schema/camelYamlDsl.json";
    private static final String REFERENCE = "#/items/definitions/";
    private static final List<String> MAIN_PROPERTIES = List.of("uri", "expression", "message", "ref", "name", "id");

    private enum Wanted {
        TEXT,
        FLAG,
        NUMBER,
        LIST,
        /** What another definition says. */
        DEFINED,
        /** An expression without the key {@code expression}: short form. */
        INLINE,
        ANYTHING
    }

    private record Type(Wanted wanted, String definition, Set<String> allowed, @Nullable Type items) {

        static Type of(Wanted wanted) {
            return new Type(wanted, "", Set.of(), null);
        }

        static Type defined(String definition) {
            return new Type(Wanted.DEFINED, definition, Set.of(), null);
        }
    }

    private record Definition(Map<String, Type> properties, Set<String> required, boolean shortForm) {}

    private static final class Holder {
        static final Schema CAMEL = read();
    }

    private final Map<String, Definition> definitions = new HashMap<>();

    private Schema() {}

    /** The one of the Camel that this hub has. */
    static Schema camel() {
        return Holder.CAMEL;
    }

    private static Schema read() {
        try (InputStream file = YamlRoutesBuilderLoader.class.getClassLoader().getResourceAsStream(FILE)) {
            JsonNode all = new JsonMapper().readTree(file).at("/items/definitions");
            Schema schema = new Schema();
            all.properties().forEach(each -> schema.define(each.getKey(), each.getValue()));
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException("Camel's schema of routes cannot be read", e);
        }
    }

    private void define(String name, JsonNode written) {
        Map<String, Type> properties = new TreeMap<>();
        collect(name, written, properties);
        Set<String> required = new TreeSet<>();
        written.path("required").forEach(each -> required.add(each.asText().intern()));
        boolean withExpression =
                properties.getOrDefault("constant", Type.of(Wanted.ANYTHING)).wanted() == Wanted.INLINE;
        if (withExpression && properties.containsKey("expression") && !name.endsWith(".SortDefinition")) {
            required.add("expression");
        }
        definitions.put(name, new Definition(properties, required, hasShortForm(written)));
    }

    private static boolean hasShortForm(JsonNode written) {
        for (JsonNode branch : written.path("oneOf")) {
            if (branch.path("type").asText().equals("string")) {
                return true;
            }
        }
        return false;
    }

    private void collect(String name, JsonNode written, Map<String, Type> properties) {
        written.path("properties").properties().forEach(each -> {
            String property = each.getKey().intern();
            Type type = type(name + "." + property, each.getValue());
            if (type.wanted() != Wanted.INLINE || !properties.containsKey(property)) {
                properties.put(property, type);
            }
        });
        for (String several : List.of("oneOf", "anyOf")) {
            written.path(several).forEach(branch -> collect(name, branch, properties));
        }
    }

    private Type type(String name, JsonNode written) {
        if (written.has("$ref")) {
            return Type.defined(
                    written.get("$ref").asText().substring(REFERENCE.length()).intern());
        }
        if (written.isEmpty()) {
            return Type.of(Wanted.INLINE);
        }
        return switch (written.path("type").asText()) {
            case "string" -> new Type(Wanted.TEXT, "", allowed(written), null);
            case "boolean" -> Type.of(Wanted.FLAG);
            case "number", "integer" -> Type.of(Wanted.NUMBER);
            case "array" -> new Type(Wanted.LIST, "", Set.of(), type(name, written.path("items")));
            case "object" -> written.has("properties") ? nested(name, written) : Type.of(Wanted.ANYTHING);
            default -> Type.of(Wanted.ANYTHING);
        };
    }

    private Type nested(String name, JsonNode written) {
        define(name, written);
        return Type.defined(name);
    }

    private static Set<String> allowed(JsonNode written) {
        Set<String> allowed = new TreeSet<>();
        written.path("enum").forEach(each -> allowed.add(each.asText().intern()));
        return allowed;
    }

    /** Looks whether a member of a map is what a definition wants. */
    void check(Member member, String definition, Findings findings) {
        check(member.key(), member.value(), Type.defined(definition), findings);
    }

    private void check(Yaml key, Yaml value, Type type, Findings findings) {
        if (value.is(Kind.EMPTY) && type.wanted() != Wanted.ANYTHING && type.wanted() != Wanted.TEXT) {
            findings.error(key, "\"" + key.text() + "\" has no value", "write it behind or below, two spaces deeper");
            return;
        }
        switch (type.wanted()) {
            case DEFINED -> defined(key, value, type.definition(), findings);
            case LIST -> list(key, value, type, findings);
            case TEXT, FLAG, NUMBER -> scalar(key, value, type, findings);
            case INLINE, ANYTHING -> {}
        }
    }

    private void list(Yaml key, Yaml value, Type type, Findings findings) {
        if (!value.is(Kind.LIST)) {
            findings.error(value, "\"" + key.text() + "\" is a list", "begin each of its items with \"- \"");
            return;
        }
        Type items = type.items();
        if (items != null) {
            value.items().forEach(item -> check(key, item, items, findings));
        }
    }

    private static void scalar(Yaml key, Yaml value, Type type, Findings findings) {
        String name = "\"" + key.text() + "\"";
        if (value.is(Kind.EMPTY)) {
            return;
        }
        if (!value.isText()) {
            findings.error(value, name + " is a text, not a list or a map", "write it behind \"" + key.text() + ": \"");
        } else if (value.text().contains("{{")) {
            return;
        } else if (!type.allowed().isEmpty() && !type.allowed().contains(value.text())) {
            findings.error(
                    value,
                    name + " is one of " + String.join(", ", type.allowed()) + ", not \"" + value.text() + "\"",
                    Near.remedy(value.text(), type.allowed(), "write one of these"));
        } else if (type.wanted() == Wanted.FLAG && !Set.of("true", "false").contains(value.text())) {
            findings.error(value, name + " is true or false, not \"" + value.text() + "\"", "write true or false");
        } else if (type.wanted() == Wanted.NUMBER && !value.text().matches("-?\\d+(\\.\\d+)?")) {
            findings.error(value, name + " is a number, not \"" + value.text() + "\"", "write a number");
        }
    }

    private void defined(Yaml key, Yaml value, String name, Findings findings) {
        Definition definition = definitions.get(name);
        if (definition == null) {
            return;
        }
        if (value.isText() && definition.shortForm()) {
            String main = main(definition);
            findings.error(
                    value,
                    "this is the short form of \"" + key.text() + "\", which visual editors do not keep",
                    "write below it, two spaces deeper, \"" + main + ": " + value.text() + "\"");
        } else if (!value.is(Kind.MAP)) {
            findings.error(
                    value,
                    "\"" + key.text() + "\" has properties, and is not a " + (value.isText() ? "text" : "list"),
                    "write below it, two spaces deeper, " + some(definition));
        } else if (name.equals(STEP)) {
            step(value, definition, findings);
        } else {
            members(key, value, definition, findings);
        }
    }

    private static String main(Definition definition) {
        return definition.required().size() == 1
                ? definition.required().iterator().next()
                : MAIN_PROPERTIES.stream()
                        .filter(definition.properties()::containsKey)
                        .findFirst()
                        .orElse("id");
    }

    private static String some(Definition definition) {
        Set<String> names =
                definition.required().isEmpty() ? definition.properties().keySet() : definition.required();
        return String.join(
                ", ", names.stream().limit(3).map(each -> "\"" + each + ":\"").toList());
    }

    private void step(Yaml step, Definition steps, Findings findings) {
        List<Member> members = step.members();
        if (members.isEmpty()) {
            findings.error(step, "here is no step", "write its name behind \"- \", or take this away");
            return;
        }
        Member first = members.get(0);
        Type type = steps.properties().get(first.name());
        if (type == null) {
            findings.error(
                    first.key(),
                    "there is no step \"" + first.name() + "\"",
                    Near.remedy(
                            first.name(), steps.properties().keySet(), "routes/README.md tells what steps there are"));
        } else if (members.size() > 1) {
            Member second = members.get(1);
            boolean outdented = first.value().is(Kind.EMPTY);
            findings.error(
                    second.key(),
                    "\"" + second.name() + "\" is beside the step \"" + first.name() + "\"",
                    outdented
                            ? "begin it two spaces deeper than \"" + first.name() + "\""
                            : "begin each step with \"- \", and what belongs to a step two spaces deeper than its name");
        } else {
            check(first.key(), first.value(), type, findings);
        }
    }

    private void members(Yaml key, Yaml map, Definition definition, Findings findings) {
        List<String> names = new ArrayList<>();
        for (Member member : map.members()) {
            names.add(member.name());
            Type type = definition.properties().get(member.name());
            if (type == null) {
                findings.error(
                        member.key(),
                        "\"" + key.text() + "\" has no property \"" + member.name() + "\"",
                        unknown(member.name(), definition));
            } else if (type.wanted() == Wanted.INLINE) {
                names.add("expression");
                findings.error(
                        member.key(),
                        "this is the short form of an expression, which visual editors do not keep",
                        "write \"expression:\", and below it, two spaces deeper, \"" + member.name() + ":\"");
            } else {
                check(member.key(), member.value(), type, findings);
            }
        }
        definition.required().stream()
                .filter(each -> !names.contains(each))
                .filter(each -> names.stream().noneMatch(given -> mistyped(given, each, definition)))
                .forEach(missing -> findings.error(
                        key, "\"" + key.text() + "\" has no \"" + missing + "\"", "add \"" + missing + ":\" below it"));
    }

    /** Whether what is missing was told already, as a word that is not known. */
    private static boolean mistyped(String given, String missing, Definition definition) {
        return !definition.properties().containsKey(given)
                && Near.to(given, definition.properties().keySet())
                        .filter(missing::equals)
                        .isPresent();
    }

    private String unknown(String name, Definition definition) {
        Set<String> known = new TreeSet<>();
        definition.properties().forEach((property, type) -> {
            if (type.wanted() != Wanted.INLINE) {
                known.add(property);
            }
        });
        Definition steps = definitions.get(STEP);
        boolean step = steps != null
                && steps.properties().containsKey(name)
                && (known.contains("steps") || known.contains("from"));
        String otherwise = step
                ? "a step goes below \"steps:\" of \"from\", with \"- \" before it"
                : known.size() > 15 ? "" : "it may have " + String.join(", ", known);
        return Near.remedy(name, known, otherwise);
    }
}
