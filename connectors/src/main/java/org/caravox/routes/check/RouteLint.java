package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.crm.CrmMappings;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;

/** What can be said about files of routes without a hub: whether they are YAML, hold routes, and keep the rules. */
public final class RouteLint {

    private static final String KAMELET_ENDING = ".kamelet.yaml";
    private static final String MAPPING_ENDING = ".jslt";
    private static final String FROM = "from";
    private static final Pattern PLACE = Pattern.compile("(?:line |:)(?<line>\\d+)(?:, column |:)(?<column>\\d+)");

    private final HeaderRules headers;
    private final Map<String, String> callers;

    /** Units that could be read, and all findings. */
    record Read(List<Unit> units, List<Finding> findings) {

        boolean refused() {
            return findings.stream().anyMatch(finding -> !finding.warning());
        }
    }

    /**
     * @param headers those that doors let out
     * @param callers whom the hub itself sends to, by {@code direct:} name, and why
     */
    public RouteLint(Collection<String> headers, Map<String, String> callers) {
        this.headers = new HeaderRules(headers);
        this.callers = Map.copyOf(callers);
    }

    /**
     * What is wrong with files.
     *
     * @param before what is in force now, to tell who calls what is taken away; {@link RouteFiles#NONE} when nothing is
     * @return by file and line
     */
    public List<Finding> check(RouteFiles files, RouteFiles before) {
        return read(files, before).findings();
    }

    Read read(RouteFiles files, RouteFiles before) {
        List<Findings> all = new ArrayList<>();
        List<Unit> units = new ArrayList<>();
        boolean whole = true;
        for (Map.Entry<String, String> file : files.texts().entrySet()) {
            Findings findings = new Findings(file.getKey());
            all.add(findings);
            if (yaml(file.getKey())) {
                Optional<Unit> unit = unit(file.getValue(), findings);
                unit.ifPresent(units::add);
                whole &= unit.isPresent();
            } else {
                SecretRules.plain(file.getValue(), findings);
            }
        }
        mappings(files, all);
        Set<String> configurations = RouteRules.ids(units, Unit.Kind.CONFIGURATION);
        units.forEach(unit -> alone(unit, configurations));
        Together together = new Together(units);
        if (whole) {
            together.check(units(before), callers);
        }
        List<Finding> findings = new ArrayList<>(together.gone());
        all.forEach(each -> findings.addAll(each.all()));
        return new Read(units, findings.stream().sorted().toList());
    }

    private static boolean yaml(String path) {
        return path.endsWith(RouteRules.ROUTE_ENDING) || path.endsWith(KAMELET_ENDING);
    }

    private static Optional<Unit> unit(String text, Findings findings) {
        return Reading.of(text, findings)
                .flatMap(file -> findings.file().endsWith(KAMELET_ENDING)
                        ? Kamelet.unit(file, findings)
                        : RouteRules.unit(file, findings));
    }

    private static List<Unit> units(RouteFiles files) {
        List<Unit> units = new ArrayList<>();
        files.texts().forEach((path, text) -> {
            if (yaml(path)) {
                unit(text, new Findings(path)).ifPresent(units::add);
            }
        });
        return units;
    }

    private void alone(Unit unit, Set<String> configurations) {
        schema(unit);
        SecretRules.check(unit);
        Confines.check(unit);
        headers.check(unit);
        if (unit.kind() == Unit.Kind.KAMELET) {
            new Kamelet(unit).check();
        } else {
            RouteRules.check(unit, configurations);
        }
    }

    private static void schema(Unit unit) {
        Schema schema = Schema.camel();
        switch (unit.kind()) {
            case ROUTE -> schema.check(unit.member(), Schema.ROUTE, unit.findings());
            case CONFIGURATION -> schema.check(unit.member(), Schema.CONFIGURATION, unit.findings());
            case KAMELET ->
                unit.tree().get("spec", "template").members().stream()
                        .filter(each -> each.name().equals(FROM))
                        .forEach(each -> schema.check(each, Schema.FROM, unit.findings()));
        }
    }

    /** Mappings are known by their names alone, wherever they are. */
    private static void mappings(RouteFiles files, List<Findings> all) {
        Map<String, String> places = new HashMap<>();
        for (Findings findings : all) {
            String path = findings.file();
            if (!path.endsWith(MAPPING_ENDING)) {
                continue;
            }
            String name = path.substring(path.lastIndexOf('/') + 1);
            String other = places.putIfAbsent(name, path);
            if (other != null) {
                findings.error(0, 0, "there is a mapping of this name already: " + other, "choose another name");
            }
            try {
                CrmMappings.check(name, files.text(path).orElseThrow());
            } catch (IllegalArgumentException e) {
                mapping(String.valueOf(e.getMessage()), findings);
            }
        }
    }

    private static void mapping(String message, Findings findings) {
        Matcher place = PLACE.matcher(message);
        boolean found = place.find();
        int line = found ? Integer.parseInt(place.group("line")) : 0;
        int column = found ? Integer.parseInt(place.group("column")) : 0;
        findings.error(line, column, message.replaceFirst(" Was expecting.*", ""), "");
    }
}
