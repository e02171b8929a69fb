package org.caravox.routes.check;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.routes.check.Unit.Address;
import org.caravox.routes.check.Unit.Parameter;
import org.caravox.routes.check.Yaml.Kind;
import org.caravox.routes.check.Yaml.Member;

/** A Kamelet as a contract: every parameter that it declares is used, every one that it uses is declared. */
final class Kamelet {

    private static final String ENDING = ".kamelet.yaml";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\??)([A-Za-z][\\w-]*)((?::[^}]*)?)}}");
    private static final Set<String> OF_CAMEL =
            Set.of("env", "sys", "service", "bean", "file", "hashicorp", "secret", "local");

    private final Unit unit;
    private final Map<String, Member> declared = new TreeMap<>();
    private final Set<String> needed = new TreeSet<>();

    Kamelet(Unit unit) {
        this.unit = unit;
        Yaml definition = unit.tree().get("spec", "definition");
        definition.get("properties").members().forEach(each -> declared.put(each.name(), each));
        definition.get("required").items().forEach(each -> needed.add(each.text()));
        used().forEach((name, optional) -> {
            if (!optional) {
                needed.add(name);
            }
        });
        needed.removeIf(name -> {
            Member property = declared.get(name);
            return property == null || property.value().has("default");
        });
    }

    /** The names that it uses, and whether it does without. */
    private Map<String, Boolean> used() {
        Map<String, Boolean> used = new TreeMap<>();
        unit.tree().get("spec", "template").texts().forEach(text -> {
            Matcher places = PLACEHOLDER.matcher(text.text());
            while (places.find()) {
                boolean optional =
                        !places.group(1).isEmpty() || !places.group(3).isEmpty();
                used.merge(places.group(2), optional, (one, two) -> one && two);
            }
        });
        return used;
    }

    /** What a Kamelet's file is to hold. */
    static java.util.Optional<Unit> unit(Yaml file, Findings findings) {
        if (!file.is(Kind.MAP) || !file.get("kind").text().equals("Kamelet")) {
            findings.error(
                    file, "here is no Kamelet", "begin with \"apiVersion: camel.apache.org/v1\" and \"kind: Kamelet\"");
            return java.util.Optional.empty();
        }
        Yaml key = file.members().get(0).key();
        return java.util.Optional.of(Unit.of(findings, Unit.Kind.KAMELET, new Member(key, file)));
    }

    void check() {
        Findings findings = unit.findings();
        String file = unit.path().substring(unit.path().lastIndexOf('/') + 1);
        String wanted = file.substring(0, file.length() - ENDING.length());
        if (!unit.id().equals(wanted)) {
            findings.error(
                    unit.name(),
                    unit.name().blank()
                            ? "the Kamelet has no name"
                            : "the name is \"" + unit.id() + "\", but the file is named " + file,
                    "write below \"metadata:\" \"name: " + wanted + "\"");
        }
        Yaml definition = unit.tree().get("spec", "definition");
        for (String text : new String[] {"title", "description"}) {
            if (definition.get(text).blank()) {
                findings.error(
                        definition, "the Kamelet has no " + text, "write below \"definition:\" \"" + text + ": ...\"");
            }
        }
        if (!unit.from().is(Kind.MAP)) {
            findings.error(
                    unit.tree().get("spec"),
                    "the Kamelet has no steps",
                    "write below \"template:\" \"from:\" with \"uri: kamelet:source\" and \"steps:\"");
        }
        unit.tree().get("spec", "template").members().stream()
                .filter(each -> !each.name().equals("from"))
                .forEach(each -> findings.error(
                        each.key(),
                        "a Kamelet holds steps, and no \"" + each.name() + "\"",
                        "keep \"from:\" alone below \"template:\""));
        declared.values().forEach(each -> declared(each, findings));
        undeclared(findings);
    }

    private void declared(Member property, Findings findings) {
        String name = property.name();
        if (!used().containsKey(name)) {
            findings.error(
                    property.key(),
                    "the parameter \"" + name + "\" is declared and not used",
                    "write \"{{" + name + "}}\" where it belongs, or take it away");
        }
        for (String text : new String[] {"title", "description"}) {
            if (property.value().get(text).blank()) {
                findings.error(
                        property.key(),
                        "the parameter \"" + name + "\" has no " + text,
                        "write below it \"" + text + ": ...\"");
            }
        }
    }

    private void undeclared(Findings findings) {
        unit.tree().get("spec", "template").texts().forEach(text -> {
            Matcher places = PLACEHOLDER.matcher(text.text());
            while (places.find()) {
                String name = places.group(2);
                boolean function = OF_CAMEL.contains(name) && !places.group(3).isEmpty();
                if (!declared.containsKey(name) && !function) {
                    findings.error(
                            text,
                            "the parameter \"" + name + "\" is used and not declared",
                            Near.remedy(
                                    name,
                                    declared.keySet(),
                                    "declare it below \"properties:\", with title, description and type"));
                }
            }
        });
    }

    /** Whether a step that uses this gives what it needs. */
    void check(Address use, Findings findings) {
        Set<String> given = new TreeSet<>();
        for (Parameter each : use.given()) {
            given.add(each.name());
            Member property = declared.get(each.name());
            if (property == null) {
                findings.error(
                        each.at(),
                        "the Kamelet \"" + unit.id() + "\" has no parameter \"" + each.name() + "\"",
                        declared.isEmpty() ? "it has none" : Near.remedy(each.name(), declared.keySet()));
            } else {
                value(each, property.value(), findings);
            }
        }
        needed.stream()
                .filter(each -> !given.contains(each))
                .forEach(each -> findings.error(
                        use.uri(),
                        "the Kamelet \"" + unit.id() + "\" needs the parameter \"" + each + "\"",
                        "write below \"parameters:\" \"" + each + ": " + example(each) + "\""));
    }

    private String example(String name) {
        Member property = declared.get(name);
        Yaml example = property == null ? unit.tree().get("") : property.value().get("example");
        return example.blank() ? "..." : example.text();
    }

    private static void value(Parameter given, Yaml property, Findings findings) {
        String value = given.value();
        if (value.contains("{{") || value.contains("${")) {
            return;
        }
        Set<String> allowed = new TreeSet<>();
        property.get("enum").items().forEach(each -> allowed.add(each.text()));
        String type = property.get("type").text();
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            findings.error(
                    given.at(),
                    "\"" + given.name() + "\" is one of " + String.join(", ", allowed) + ", not \"" + value + "\"",
                    Near.remedy(value, allowed, "write one of these"));
        } else if (type.equals("boolean") && !value.matches("true|false")) {
            findings.error(
                    given.at(),
                    "\"" + given.name() + "\" is true or false, not \"" + value + "\"",
                    "write true or false");
        } else if (type.equals("integer") && !value.matches("-?\\d+")) {
            findings.error(
                    given.at(), "\"" + given.name() + "\" is a whole number, not \"" + value + "\"", "write a number");
        } else if (type.equals("number") && !value.matches("-?\\d+(\\.\\d+)?")) {
            findings.error(given.at(), "\"" + given.name() + "\" is a number, not \"" + value + "\"", "write a number");
        }
    }
}
