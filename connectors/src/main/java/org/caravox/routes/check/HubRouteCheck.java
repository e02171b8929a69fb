package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteCheck;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RoutesRefused;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.RoutePlan.Unit;
import org.caravox.routes.Scratch;
import org.caravox.routes.check.RouteLint.Read;

/** Reads all routes, and loads those on the side that a change reaches. */
public final class HubRouteCheck implements RouteCheck {

    private final RouteLint lint;
    private final Loading loading;

    /**
     * @param beans    the names of those that routes may use, for "did you mean"
     * @param settings the names of those, for "did you mean"
     */
    public HubRouteCheck(
            RouteLint lint,
            Scratch scratch,
            Supplier<? extends Collection<String>> beans,
            Supplier<? extends Collection<String>> settings) {
        this.lint = lint;
        this.loading = new Loading(scratch, beans, settings);
    }

    /** What cannot be read is not loaded: then there are the findings of reading alone. */
    @Override
    public List<Finding> check(RouteFiles files, RouteFiles before) {
        Read read = lint.read(files, before);
        if (read.refused()) {
            return read.findings();
        }
        Set<String> changed;
        try {
            changed = changed(files, before);
        } catch (RoutesRefused e) {
            return e.findings();
        }
        if (changed.isEmpty()) {
            return read.findings();
        }
        loading.check(read.units(), files, changed);
        List<Finding> all = new ArrayList<>(read.findings());
        read.units().forEach(unit -> unit.findings().all().stream()
                .filter(finding -> !all.contains(finding))
                .forEach(all::add));
        return all.stream().sorted().toList();
    }

    /** Files whose own text, or whose Kamelets or configuration, are not what they were. */
    private static Set<String> changed(RouteFiles files, RouteFiles before) {
        RoutePlan now = RoutePlan.of(files);
        Optional<RoutePlan> then = plan(before);
        return now.units().values().stream()
                .filter(unit -> !Objects.equals(
                        unit.key(),
                        then.map(plan -> plan.units().get(unit.path()))
                                .map(Unit::key)
                                .orElse(null)))
                .map(Unit::path)
                .collect(Collectors.toSet());
    }

    private static Optional<RoutePlan> plan(RouteFiles files) {
        try {
            return Optional.of(RoutePlan.of(files));
        } catch (RoutesRefused e) {
            return Optional.empty();
        }
    }
}
