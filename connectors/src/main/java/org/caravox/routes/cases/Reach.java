package org.caravox.routes.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.caravox.publishing.RouteFiles.Change;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.RoutePlan.Kind;
import org.caravox.routes.RoutePlan.Unit;

/** Which cases a change of files can reach. */
final class Reach {

    private final RoutePlan plan;
    private final Map<String, Unit> units;
    private final Set<String> changed;
    private final boolean everything;

    private Reach(RoutePlan plan, Set<String> changed) {
        this.plan = plan;
        this.units = plan.units();
        this.changed = changed;
        this.everything = changed.stream().anyMatch(path -> !units.containsKey(path) && !CaseReader.holdsCases(path));
    }

    /** That of changes; those of files that are gone, or that anybody may use, reach every case. */
    static Reach of(RoutePlan plan, List<Change> changes) {
        return new Reach(plan, changes.stream().map(Change::path).collect(Collectors.toSet()));
    }

    boolean reaches(Case wanted) {
        if (everything || changed.contains(wanted.file())) {
            return true;
        }
        Set<String> used = new HashSet<>();
        plan.routes().stream()
                .filter(route -> route.id().equals(wanted.route()))
                .forEach(route -> collect(route, used));
        return used.stream().anyMatch(changed::contains);
    }

    private void collect(Unit unit, Set<String> used) {
        if (!used.add(unit.path())) {
            return;
        }
        unit.kamelets().forEach(name -> plan.kamelet(name).ifPresent(kamelet -> collect(kamelet, used)));
        if (unit.configuration() != null) {
            plan.configuration(unit.configuration()).ifPresent(each -> collect(each, used));
        }
        for (Unit route : units.values()) {
            if (route.kind() == Kind.ROUTE && route.direct().isPresent() && calls(unit, route)) {
                collect(route, used);
            }
        }
    }

    /** A name that is only known when a message is there may be any. */
    private static boolean calls(Unit unit, Unit route) {
        return unit.calls().contains(route.direct().orElse(""))
                || unit.calls().stream().anyMatch(name -> name.contains("${"))
                || unit.id().equals(route.id());
    }
}
