package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.routes.check.Yaml.Member;
import org.jspecify.annotations.Nullable;

/**
 * What one file holds.
 *
 * @param findings of this file
 * @param kind     what it holds
 * @param member   the key of it and what is below
 * @param tenant   whose work it takes instead of the route of the same id; null is everybody's
 */
record Unit(Findings findings, Kind kind, Member member, @Nullable String tenant) {

    enum Kind {
        ROUTE,
        CONFIGURATION,
        KAMELET
    }

    /**
     * Where work goes to, or comes from.
     *
     * @param step       the key of the step
     * @param uri        as written
     * @param parameters of it
     */
    record Address(Yaml step, Yaml uri, Yaml parameters) {

        String scheme() {
            int end = uri.text().indexOf(':');
            return end < 0 ? uri.text() : uri.text().substring(0, end);
        }

        /** {@code crm-fields} of {@code kamelet:crm-fields?mapping=x}. */
        String name() {
            String rest = uri.text().substring(Math.min(uri.text().length(), scheme().length() + 1));
            int end = rest.indexOf('?');
            return end < 0 ? rest : rest.substring(0, end);
        }

        /** What is known when the exchange comes. */
        boolean dynamic() {
            return name().contains("${") || name().contains("{{");
        }

        boolean comesIn() {
            return step.text().equals("from");
        }

        /** The names of parameters in the query string, and those below. */
        List<Parameter> given() {
            List<Parameter> given = new ArrayList<>();
            int query = uri.text().indexOf('?');
            if (query >= 0) {
                for (String pair : uri.text().substring(query + 1).split("&", -1)) {
                    int equals = pair.indexOf('=');
                    given.add(new Parameter(
                            equals < 0 ? pair : pair.substring(0, equals),
                            equals < 0 ? "" : pair.substring(equals + 1),
                            uri));
                }
            }
            parameters
                    .members()
                    .forEach(each ->
                            given.add(new Parameter(each.name(), each.value().text(), each.key())));
            return given;
        }
    }

    /** A parameter of an address, and where it is. */
    record Parameter(String name, String value, Yaml at) {}

    private static final Pattern OF_TENANT = Pattern.compile("for/([^/]+)/.*");

    static Unit of(Findings findings, Kind kind, Member member) {
        Matcher tenant = OF_TENANT.matcher(findings.file());
        return new Unit(findings, kind, member, tenant.matches() ? tenant.group(1) : null);
    }

    String path() {
        return findings.file();
    }

    Yaml tree() {
        return member.value();
    }

    /** Its name: the id of a route, the name of a Kamelet. */
    String id() {
        return name().text();
    }

    Yaml name() {
        return kind == Kind.KAMELET ? tree().get("metadata", "name") : tree().get("id");
    }

    boolean isRoute() {
        return kind == Kind.ROUTE;
    }

    Yaml from() {
        return kind == Kind.KAMELET ? tree().get("spec", "template").get("from") : tree().get("from");
    }

    /** Where the work of a route comes from; empty for what has no uri there. */
    Optional<Address> door() {
        return addresses().stream()
                .filter(Address::comesIn)
                .filter(each -> isRoute())
                .findFirst();
    }

    /** The name that others call a route by. */
    Optional<String> direct() {
        return door().filter(each -> each.scheme().equals("direct")).map(Address::name);
    }

    /** All addresses. */
    List<Address> addresses() {
        List<Address> found = new ArrayList<>();
        tree().each((map, step) -> {
            Yaml value = step.value();
            if (value.get("uri").isText() && !step.name().equals("parameters")) {
                found.add(new Address(step.key(), value.get("uri"), value.get("parameters")));
            } else if (step.name().equals("kamelet") && value.get("name").isText()) {
                Yaml name = value.get("name");
                Yaml uri = new Yaml(
                        Yaml.Kind.TEXT, "kamelet:" + name.text(), List.of(), List.of(), name.line(), name.column());
                found.add(new Address(step.key(), uri, value.get("parameters")));
            }
        });
        return found;
    }

    /** All sequences of steps, those within others among them. */
    List<Yaml> sequences() {
        List<Yaml> found = new ArrayList<>();
        tree().each((map, each) -> {
            if (each.name().equals("steps") && each.value().is(Yaml.Kind.LIST)) {
                found.add(each.value());
            }
        });
        return found;
    }

    /** All ids of what it holds; parameters may be called like that too. */
    List<Yaml> ids() {
        List<Yaml> found = new ArrayList<>();
        collectIds(tree(), found);
        return found;
    }

    private static void collectIds(Yaml piece, List<Yaml> found) {
        for (Member each : piece.members()) {
            if (each.name().equals("id") && each.value().isText()) {
                found.add(each.value());
            } else if (!each.name().equals("parameters")) {
                collectIds(each.value(), found);
            }
        }
        piece.items().forEach(item -> collectIds(item, found));
    }
}
