package org.caravox.routes.check;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Which headers a route may set: those that somebody reads. */
final class HeaderRules {

    private static final Set<String> STEPS = Set.of("setHeader", "removeHeader", "convertHeaderTo");
    private static final Set<String> ON = Set.of("kafka", "spring-rabbitmq", "kamelet");
    private static final String OF_EVENTS = "ce[-_].*";
    private static final String OWN = "x-.*";

    private final Set<String> ofDoors;

    private static final class Holder {
        static final Set<String> OF_COMPONENTS = Components.headers();
    }

    /** @param ofDoors those that doors let out, in lower case */
    HeaderRules(Collection<String> ofDoors) {
        this.ofDoors = Set.copyOf(ofDoors);
    }

    void check(Unit unit) {
        boolean goesOn = unit.addresses().stream().anyMatch(each -> !each.comesIn() && ON.contains(each.scheme()));
        unit.tree().each((map, step) -> {
            if (STEPS.contains(step.name())) {
                check(step.value().get("name"), goesOn, unit.findings());
            } else if (step.name().equals("setHeaders")) {
                step.value().get("headers").items().forEach(each -> check(each.get("name"), goesOn, unit.findings()));
            }
        });
    }

    private void check(Yaml name, boolean goesOn, Findings findings) {
        String header = name.text();
        if (header.isEmpty() || header.contains("${") || header.contains("{{")) {
            return;
        }
        String lower = header.toLowerCase(Locale.ROOT);
        boolean read = ofDoors.contains(lower)
                || lower.matches(OF_EVENTS)
                || (goesOn && lower.matches(OWN))
                || Holder.OF_COMPONENTS.stream().anyMatch(header::equalsIgnoreCase);
        if (!read) {
            Set<String> known = new TreeSet<>(ofDoors);
            known.addAll(Holder.OF_COMPONENTS);
            findings.error(
                    name,
                    "nobody reads a header \"" + header + "\"",
                    Near.remedy(header, known, "for a value of your own use \"setProperty\""));
        }
    }
}
