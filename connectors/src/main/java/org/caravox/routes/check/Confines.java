package org.caravox.routes.check;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.routes.check.Unit.Address;

/** What routes do not reach: the hub's process, classes, and beans before a message comes. */
final class Confines {

    private static final Pattern FUNCTION =
            Pattern.compile("\\{\\{\\s*[?!]?\\s*(env|sys|service(?:\\.\\w+)?|bean|file|hashicorp|aws|azure|gcp|ibm"
                    + "|cyberark|configmap(?:-binary)?|secret(?:-binary)?)\\s*:");
    private static final Pattern CLASS = Pattern.compile("(?:#|}})\\s*(?:class|type|valueAs)\\s*[:(]");
    private static final Set<String> BEANS = Set.of("bean", "class");

    private static final String TERM = "(?:\\$\\{properties:[\\w.-]+(?::[^${}]*)?}"
            + "|\\{\\{\\??[\\w.-]+(?::[^${}]*)?}}|'[^'$]*'|\"[^\"$]*\"|-?\\d+|true|false|null)";
    private static final String COMPARISON = TERM + "\\s*(?:==|!=)\\s*" + TERM;
    private static final Pattern PRECONDITION =
            Pattern.compile("\\s*" + COMPARISON + "(?:\\s*(?:&&|\\|\\|)\\s*" + COMPARISON + ")*\\s*");

    private Confines() {}

    static void check(Unit unit) {
        unit.tree().texts().forEach(text -> text(text, unit.findings()));
        unit.addresses().forEach(address -> address(address, unit.findings()));
        Yaml precondition = unit.tree().get("precondition");
        if (!precondition.blank() && !PRECONDITION.matcher(precondition.text()).matches()) {
            unit.findings()
                    .error(
                            precondition,
                            "a precondition compares settings with texts, and nothing else",
                            "write it like \"${properties:caravox.roles.worker} == 'true'\", with ==, !=, && and ||");
        }
    }

    private static void text(Yaml text, Findings findings) {
        Matcher function = FUNCTION.matcher(text.text());
        if (function.find()) {
            findings.error(
                    text,
                    "routes have what they need from settings, not from \"{{" + function.group(1) + ":\"",
                    "write the name of a setting, or \"{{caravox.secrets.NAME}}\" for a secret");
        }
        if (CLASS.matcher(text.text()).find()) {
            findings.error(text, "routes name beans, never classes", "write \"#bean:\" and the name of a bean");
        }
    }

    private static void address(Address address, Findings findings) {
        if (BEANS.contains(address.scheme())) {
            findings.error(
                    address.uri(),
                    "\"" + address.scheme() + ":\" is no address of routes",
                    "use the step \"bean\" with \"ref: \" and the name of a bean");
        }
    }
}
