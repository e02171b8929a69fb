package org.caravox.routes.check;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.routes.check.Unit.Address;
import org.caravox.routes.check.Yaml.Kind;
import org.caravox.routes.check.Yaml.Member;

/** How one route is written, so that people and visual editors find their way. */
final class RouteRules {

    static final String ROUTE_ENDING = ".camel.yaml";

    /** Doors that change nothing, and yet write down who used them, before they answer at length. */
    private static final Set<String> OVERHEARD = Set.of("listen-to-call");

    /** Doors that bring work, stop it or have it done again, or try something: who did that is told by the work itself. */
    private static final Set<String> WORK = Set.of(
            "transcribe-request",
            "listen",
            "speak",
            "openai-transcribe",
            "openai-speak",
            "openai-chat",
            "cancel-job",
            "retry-job",
            "submit-batch",
            "open-batch",
            "close-batch",
            "cancel-batch",
            "test-webhook",
            "test-crm",
            "dry-run-crm",
            "try-lead-scores",
            "open-audiosocket",
            "check-routes",
            "test-routes",
            "dry-run-route",
            "publish-routes", // these five write down who did it with the version
            "rollback-routes",
            "stage-routes",
            "promote-routes",
            "return-routes");

    private static final Set<String> SCRIPTS = Set.of(
            "groovy",
            "joor",
            "java",
            "js",
            "python",
            "mvel",
            "ognl",
            "spel",
            "script",
            "datasonnet",
            "csimple",
            "wasm");
    private static final int MOST_STEPS = 8;
    private static final String BEGIN = "begin with \"- route:\"";

    private RouteRules() {}

    /** What a file holds, when it holds one thing. */
    static Optional<Unit> unit(Yaml file, Findings findings) {
        if (file.is(Kind.MAP) && (file.has("route") || file.has("routeConfiguration"))) {
            findings.error(file, "a file of routes is a list of one", "write \"- \" before it: \"- route:\"");
            return Optional.empty();
        }
        if (!file.is(Kind.LIST) || file.items().isEmpty()) {
            findings.error(file, "here is no route", BEGIN);
            return Optional.empty();
        }
        file.items().stream()
                .skip(1)
                .forEach(more -> findings.error(
                        more,
                        "a second \"" + first(more) + "\" begins here",
                        "put it in a file of its own, named by its id: ID" + ROUTE_ENDING));
        return entry(file.item(0), findings);
    }

    private static String first(Yaml entry) {
        return entry.members().isEmpty() ? "entry" : entry.members().get(0).name();
    }

    private static Optional<Unit> entry(Yaml entry, Findings findings) {
        if (entry.members().isEmpty()) {
            findings.error(entry, "here is no route", BEGIN);
            return Optional.empty();
        }
        Member member = entry.members().get(0);
        if (entry.members().size() > 1) {
            Member second = entry.members().get(1);
            findings.error(
                    second.key(),
                    "\"" + second.name() + "\" is beside \"" + member.name() + "\"",
                    "begin it two spaces deeper than \"" + member.name() + "\"");
            return Optional.empty();
        }
        if (member.value().is(Kind.EMPTY)) {
            findings.error(
                    member.key(),
                    "\"" + member.name() + "\" has no value",
                    "write id, description and from below it, two spaces deeper");
            return Optional.empty();
        }
        return switch (member.name()) {
            case "route" -> Optional.of(Unit.of(findings, Unit.Kind.ROUTE, member));
            case "routeConfiguration" -> Optional.of(Unit.of(findings, Unit.Kind.CONFIGURATION, member));
            case "from" -> {
                findings.error(
                        member.key(),
                        "a bare \"from\" has neither id nor description",
                        "write \"- route:\", and below it, two spaces deeper, id, description and from");
                yield Optional.empty();
            }
            default -> {
                findings.error(
                        member.key(),
                        "a file holds one route or one routeConfiguration, not \"" + member.name() + "\"",
                        Near.remedy(member.name(), Set.of("route", "routeConfiguration"), BEGIN));
                yield Optional.empty();
            }
        };
    }

    static void check(Unit unit, Set<String> configurations) {
        named(unit);
        described(unit);
        unit.sequences().forEach(steps -> steps(steps, unit.findings()));
        scripts(unit);
        classes(unit);
        policy(unit, configurations);
        dashes(unit);
        collectors(unit);
        copies(unit);
        unit.door().filter(each -> each.scheme().equals("platform-http")).ifPresent(door -> httpDoor(unit, door));
    }

    private static void named(Unit unit) {
        String file = unit.path().substring(unit.path().lastIndexOf('/') + 1);
        String wanted = file.substring(0, file.length() - ROUTE_ENDING.length());
        Yaml key = unit.member().key();
        if (unit.name().blank()) {
            unit.findings()
                    .error(
                            key,
                            "the " + key.text() + " has no id",
                            "write \"id: " + wanted + "\", as the file is named");
        } else if (!unit.id().equals(wanted)) {
            unit.findings()
                    .error(
                            unit.name(),
                            "the id is \"" + unit.id() + "\", but the file is named " + file,
                            "write \"id: " + wanted + "\", or name the file " + unit.id() + ROUTE_ENDING);
        }
    }

    private static void described(Unit unit) {
        Yaml description = unit.tree().get("description");
        if (description.blank()) {
            Yaml key = unit.member().key();
            unit.findings()
                    .error(
                            key,
                            "the " + key.text() + " has no description",
                            "say in a sentence what it does: \"description: ...\"");
        }
    }

    private static void steps(Yaml steps, Findings findings) {
        steps.items().forEach(step -> step.single()
                .filter(each ->
                        each.value().is(Kind.MAP) && each.value().get("id").blank())
                .forEach(each -> findings.error(
                        each.key(),
                        "the step \"" + each.name() + "\" has no id",
                        "write below it what it does in a word or two: \"id: ...\"")));
        if (steps.items().size() > MOST_STEPS) {
            findings.warning(
                    steps.item(MOST_STEPS),
                    "these are " + steps.items().size() + " steps in a row, and more than " + MOST_STEPS
                            + " are hard to follow",
                    "put some in a route of their own, and send to it with \"direct:\"");
        }
    }

    private static void scripts(Unit unit) {
        unit.tree().each((map, each) -> {
            if (SCRIPTS.contains(each.name())
                    && (each.value().has("expression") || each.value().isText())) {
                unit.findings()
                        .error(
                                each.key(),
                                "routes hold no code, and \"" + each.name() + "\" is code",
                                "write a simple expression (\"simple:\"), or a bean (\"method:\")");
            }
        });
    }

    private static void classes(Unit unit) {
        unit.tree().each((map, each) -> {
            if (each.name().equals("beanType")) {
                unit.findings()
                        .error(
                                each.key(),
                                "routes name beans, never classes",
                                "write \"ref: \" and the name of a bean");
            }
        });
    }

    private static void policy(Unit unit, Set<String> configurations) {
        Yaml policy = unit.tree().get("routeConfigurationId");
        if (unit.isRoute() && policy.isText() && !configurations.contains(policy.text())) {
            unit.findings()
                    .error(
                            policy,
                            "there is no routeConfiguration \"" + policy.text() + "\"",
                            Near.remedy(policy.text(), configurations));
        }
    }

    private static void dashes(Unit unit) {
        for (Address address : unit.addresses()) {
            for (Member each : address.parameters().members()) {
                if (each.name().contains("-")) {
                    unit.findings()
                            .error(
                                    each.key(),
                                    "Camel reads \"" + each.name() + "\" below \"parameters\" as \""
                                            + camelCased(each.name()) + "\"",
                                    "write all parameters into the uri instead: \""
                                            + address.uri().text() + "?" + each.name() + "=...\"; or write \""
                                            + camelCased(each.name()) + "\" when that is meant");
                }
            }
        }
    }

    /** A group that lives in memory goes with its route, when that is changed. */
    private static void collectors(Unit unit) {
        unit.tree().each((map, each) -> {
            Yaml collected = each.value();
            if (each.name().equals("aggregate")
                    && collected.has("aggregationStrategy")
                    && collected.get("aggregationRepository").blank()
                    && !collected.get("forceCompletionOnStop").text().equals("true")) {
                unit.findings()
                        .error(
                                each.key(),
                                "what this collects is lost when the route is changed or the hub stops",
                                "write below it \"forceCompletionOnStop: true\", or name an \"aggregationRepository\"");
            }
        });
    }

    /** The hub prepares copies itself, so that they stay on the version that they were made on. */
    private static void copies(Unit unit) {
        unit.tree().each((map, each) -> {
            if (each.name().equals("wireTap") && each.value().has("onPrepare")) {
                unit.findings()
                        .error(
                                each.value().get("onPrepare"),
                                "the hub prepares copies itself, so that they end on the version that they were made on",
                                "change the copy in the route that it goes to");
            }
        });
    }

    private static String camelCased(String dashed) {
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < dashed.length(); i++) {
            boolean after = i > 0 && dashed.charAt(i - 1) == '-';
            if (dashed.charAt(i) != '-') {
                made.append(after ? Character.toUpperCase(dashed.charAt(i)) : dashed.charAt(i));
            }
        }
        return made.toString();
    }

    private static void httpDoor(Unit unit, Address door) {
        Yaml from = unit.from();
        Findings findings = unit.findings();
        Yaml first = from.get("steps").item(0);
        if (!first.get("bean", "ref").text().equals("admission")) {
            findings.error(
                    first.members().isEmpty()
                            ? door.step()
                            : first.members().get(0).key(),
                    "an HTTP door begins with \"admission\", which knows the caller and the limits",
                    "make \"- bean:\" with \"ref: admission\" its first step");
        }
        if (unit.tree().get("routeConfigurationId").blank()) {
            findings.error(
                    unit.member().key(),
                    "an HTTP door names what its callers are told when something goes wrong",
                    "write \"routeConfigurationId: caller-errors\"");
        }
        if (from.get("parameters", "httpMethodRestrict").blank()) {
            findings.error(
                    door.uri(),
                    "an HTTP door says which methods it takes",
                    "write below \"parameters:\" \"httpMethodRestrict: GET\", or POST, PUT, PATCH, DELETE");
        } else {
            audited(unit, from);
        }
    }

    private static void audited(Unit unit, Yaml from) {
        Yaml method = from.get("parameters", "httpMethodRestrict");
        boolean overheard = OVERHEARD.contains(unit.id());
        boolean changes = overheard || (!method.text().equals("GET") && !WORK.contains(unit.id()));
        Yaml second = from.get("steps").item(1);
        Yaml policy = second.get("policy");
        boolean audited = policy.get("ref").text().equals("audited");
        Findings findings = unit.findings();
        if (changes && !audited) {
            findings.warning(
                    second.is(Kind.MISSING) ? method : second,
                    "a door that changes something writes down who did it",
                    "hold all steps behind \"admission\" in \"- policy:\" with \"ref: audited\" and the act's name as its id,"
                            + " like \"webhook.created\"");
        } else if (audited && !changes) {
            findings.error(
                    policy, "what only looks, or makes work, is not written down as a change", "take the policy away");
        } else if (audited && !overheard && from.get("steps").items().size() != 2) {
            findings.error(
                    from.get("steps").item(2),
                    "this step is behind what is audited, so that its failure is not written down",
                    "move it into the steps of the policy \"" + policy.get("id").text() + "\"");
        } else if (audited && !policy.get("id").text().matches("[a-z-]+\\.[a-z-]+")) {
            findings.error(
                    policy.get("id"),
                    "the id of the policy is the act's name in the audit log: a thing, a dot, what was done to it",
                    "write it like \"webhook.created\"");
        }
    }

    /** The names of all of some kind. */
    static Set<String> ids(List<Unit> units, Unit.Kind kind) {
        Set<String> ids = new TreeSet<>();
        units.stream().filter(unit -> unit.kind() == kind).forEach(unit -> ids.add(unit.id()));
        return ids;
    }
}
