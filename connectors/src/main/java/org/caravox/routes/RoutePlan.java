package org.caravox.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RoutesRefused;
import org.jspecify.annotations.Nullable;

/** What a set of files holds: routes, route configurations and Kamelets, and who uses whom. */
public final class RoutePlan {

    /** What a file holds. */
    public enum Kind {
        /** A route. */
        ROUTE,
        /** A route configuration: what routes do about errors. */
        CONFIGURATION,
        /** A Kamelet. */
        KAMELET
    }

    /**
     * What one file holds.
     *
     * @param kind          what it is
     * @param id            its name
     * @param path          its file
     * @param tenant        whose work it takes instead of the route of the same id; null is everybody's
     * @param tree          the route, the configuration or the whole Kamelet, as written
     * @param from          where a route takes its work from; empty otherwise
     * @param calls         the names of {@code direct:} that it sends to
     * @param kamelets      the names of Kamelets that it uses
     * @param configuration the route configuration that it names; null for none
     * @param key           the same for two units whose text, Kamelets and configuration are the same
     */
    public record Unit(
            Kind kind,
            String id,
            String path,
            @Nullable String tenant,
            JsonNode tree,
            String from,
            Set<String> calls,
            Set<String> kamelets,
            @Nullable String configuration,
            String key) {

        /** The name that others call a route by; empty when it takes its work from outside. */
        public Optional<String> direct() {
            return from.startsWith(DIRECT) ? Optional.of(name(from)) : Optional.empty();
        }
    }

    private static final String DIRECT = "direct:";
    private static final String KAMELET = "kamelet:";
    private static final Pattern OF_TENANT = Pattern.compile("for/([^/]+)/.*");
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, Unit> units = new TreeMap<>();
    private final Map<String, Unit> kamelets = new HashMap<>();
    private final Map<String, Unit> configurations = new HashMap<>();

    private RoutePlan() {}

    /**
     * Reads files.
     *
     * @throws RoutesRefused when one is not YAML, or holds none of what belongs there, or a Kamelet or configuration that
     *     it names is missing
     */
    public static RoutePlan of(RouteFiles files) {
        RoutePlan plan = new RoutePlan();
        List<Finding> findings = new ArrayList<>();
        Map<String, Unit> raw = new TreeMap<>();
        files.texts().forEach((path, text) -> {
            try {
                unit(path, text).ifPresent(unit -> raw.put(path, unit));
            } catch (JsonProcessingException e) {
                findings.add(Finding.error(
                        path,
                        e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                        e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
                        "this is not YAML: "
                                + e.getOriginalMessage().lines().findFirst().orElse(""),
                        ""));
            } catch (IllegalArgumentException e) {
                findings.add(Finding.error(path, 1, 0, String.valueOf(e.getMessage()), ""));
            }
        });
        raw.values().forEach(unit -> plan.named(unit.kind()).put(unit.id(), unit));
        Keys keys = new Keys(plan, files, findings);
        raw.forEach((path, unit) -> plan.units.put(path, keys.keyed(unit)));
        if (!findings.isEmpty()) {
            throw new RoutesRefused(findings);
        }
        plan.units.values().forEach(unit -> plan.named(unit.kind()).put(unit.id(), unit));
        return plan;
    }

    private Map<String, Unit> named(Kind kind) {
        return switch (kind) {
            case KAMELET -> kamelets;
            case CONFIGURATION -> configurations;
            case ROUTE -> new HashMap<>();
        };
    }

    /** All of them, by the paths of their files. */
    public Map<String, Unit> units() {
        return Map.copyOf(units);
    }

    /** The routes, in the order of their files. */
    public List<Unit> routes() {
        return units.values().stream().filter(unit -> unit.kind() == Kind.ROUTE).toList();
    }

    /** A Kamelet by its name. */
    public Optional<Unit> kamelet(String name) {
        return Optional.ofNullable(kamelets.get(name));
    }

    /** A route configuration by its id. */
    public Optional<Unit> configuration(String id) {
        return Optional.ofNullable(configurations.get(id));
    }

    /** The Kamelets that a route uses, those that they use among them. */
    Set<String> allKamelets(Unit unit) {
        Set<String> all = new TreeSet<>();
        collect(unit, all);
        return all;
    }

    private void collect(Unit unit, Set<String> all) {
        for (String name : unit.kamelets()) {
            if (all.add(name)) {
                kamelet(name).ifPresent(used -> collect(used, all));
            }
        }
    }

    private static Optional<Unit> unit(String path, String text) throws JsonProcessingException {
        if (path.endsWith(".kamelet.yaml")) {
            JsonNode tree = YAML.readTree(text);
            return Optional.of(unit(Kind.KAMELET, tree.at("/metadata/name").asText(), path, tree, ""));
        }
        if (!path.endsWith(".camel.yaml")) {
            return Optional.empty();
        }
        JsonNode whole = YAML.readTree(text);
        if (!whole.isArray() || whole.size() != 1) {
            throw new IllegalArgumentException(
                    "a file holds one route or one routeConfiguration, as a list of one: " + "begin with \"- route:\"");
        }
        JsonNode entry = whole.get(0);
        if (entry.has("routeConfiguration")) {
            JsonNode tree = entry.get("routeConfiguration");
            return Optional.of(unit(Kind.CONFIGURATION, tree.path("id").asText(), path, tree, ""));
        }
        if (!entry.has("route")) {
            throw new IllegalArgumentException(
                    "a file holds one route or one routeConfiguration: begin with \"- route:\"");
        }
        JsonNode tree = entry.get("route");
        return Optional.of(unit(
                Kind.ROUTE,
                tree.path("id").asText(),
                path,
                tree,
                tree.at("/from/uri").asText()));
    }

    private static Unit unit(Kind kind, String id, String path, JsonNode tree, String from) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException(kind == Kind.KAMELET ? "metadata.name is missing" : "the id is missing");
        }
        Set<String> calls = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        eachUri(tree, (step, uri) -> {
            if (uri.startsWith(DIRECT) && !step.equals("from")) {
                calls.add(name(uri));
            } else if (uri.startsWith(KAMELET)) {
                used.add(name(uri));
            }
        });
        used.remove("source");
        used.remove("sink");
        Matcher tenant = OF_TENANT.matcher(path);
        String configuration = tree.path("routeConfigurationId").asText("");
        return new Unit(
                kind,
                id,
                path,
                tenant.matches() ? tenant.group(1) : null,
                tree,
                from,
                calls,
                used,
                configuration.isEmpty() ? null : configuration,
                "");
    }

    /** Each address in a tree, with the name of the step that has it. */
    private static void eachUri(JsonNode node, BiConsumer<String, String> told) {
        node.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (value.isObject() && value.path("uri").isTextual()) {
                told.accept(member.getKey(), value.get("uri").textValue());
            }
            if (member.getKey().equals("kamelet") && value.path("name").isTextual()) {
                told.accept(member.getKey(), KAMELET + value.get("name").textValue());
            }
        });
        node.forEach(child -> eachUri(child, told));
    }

    /** {@code crm-fields} of {@code kamelet:crm-fields?mapping=x}. */
    static String name(String uri) {
        String rest = uri.substring(uri.indexOf(':') + 1);
        int end = rest.indexOf('?');
        return end < 0 ? rest : rest.substring(0, end);
    }

    /** What units are alike. */
    private static final class Keys {

        private final RoutePlan plan;
        private final RouteFiles files;
        private final List<Finding> findings;

        Keys(RoutePlan plan, RouteFiles files, List<Finding> findings) {
            this.plan = plan;
            this.files = files;
            this.findings = findings;
        }

        Unit keyed(Unit unit) {
            return new Unit(
                    unit.kind(),
                    unit.id(),
                    unit.path(),
                    unit.tenant(),
                    unit.tree(),
                    unit.from(),
                    unit.calls(),
                    unit.kamelets(),
                    unit.configuration(),
                    RouteFiles.hash(key(unit)));
        }

        private String key(Unit unit) {
            StringBuilder key = new StringBuilder(files.text(unit.path()).orElseThrow());
            for (String name : plan.allKamelets(unit)) {
                plan.kamelet(name)
                        .ifPresentOrElse(
                                kamelet -> key.append('\0')
                                        .append(files.text(kamelet.path()).orElseThrow()),
                                () -> missing(unit, "Kamelet", name));
            }
            String configuration = unit.configuration();
            if (configuration != null) {
                plan.configuration(configuration)
                        .ifPresentOrElse(
                                used -> key.append('\0')
                                        .append(files.text(used.path()).orElseThrow()),
                                () -> missing(unit, "routeConfiguration", configuration));
            }
            return key.toString();
        }

        private void missing(Unit unit, String what, String name) {
            findings.add(Finding.error(unit.path(), 0, 0, "there is no " + what + " " + name, ""));
        }
    }
}
