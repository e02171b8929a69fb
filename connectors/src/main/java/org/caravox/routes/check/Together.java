package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.caravox.publishing.Finding;
import org.caravox.routes.check.Unit.Address;

/** What routes are to each other: nobody calls what is not there, and nothing is there twice. */
final class Together {

    private final List<Unit> units;
    private final Map<String, Kamelet> kamelets = new TreeMap<>();
    private final List<Finding> gone = new ArrayList<>();

    /** @param units all of them, each of which could be read */
    Together(List<Unit> units) {
        this.units = units;
        units.stream()
                .filter(unit -> unit.kind() == Unit.Kind.KAMELET)
                .forEach(unit -> kamelets.put(unit.id(), new Kamelet(unit)));
    }

    /**
     * @param before  what was there until now
     * @param callers whom the hub itself sends to, by {@code direct:} name, and why
     */
    void check(List<Unit> before, Map<String, String> callers) {
        ids();
        paths();
        overrides();
        units.forEach(unit -> unit.addresses().forEach(address -> kamelet(unit, address)));
        directs(before, callers);
    }

    /** Findings about files that are no more. */
    List<Finding> gone() {
        return gone;
    }

    private void ids() {
        Map<String, Unit> owners = new HashMap<>();
        Map<String, Yaml> places = new HashMap<>();
        for (Unit unit : units) {
            if (unit.kind() == Unit.Kind.KAMELET) {
                continue;
            }
            for (Yaml id : unit.ids()) {
                String key = (unit.tenant() == null ? "" : unit.tenant()) + "/" + id.text();
                Yaml place = places.putIfAbsent(key, id);
                Unit owner = owners.putIfAbsent(key, unit);
                if (place != null && owner != null) {
                    unit.findings()
                            .error(
                                    id,
                                    "the id \"" + id.text() + "\" is taken by " + owner.path() + ":" + place.line(),
                                    "choose another one: ids tell steps apart in counts and traces");
                }
            }
        }
    }

    private void paths() {
        Map<String, Unit> owners = new HashMap<>();
        for (Unit unit : units) {
            unit.door()
                    .filter(door -> door.scheme().equals("platform-http") && unit.tenant() == null)
                    .ifPresent(door -> methods(unit)
                            .map(method -> method + " " + door.name().replaceAll("\\{[^}]*}", "{}"))
                            .forEach(key -> {
                                Unit owner = owners.putIfAbsent(key, unit);
                                if (owner != null) {
                                    unit.findings()
                                            .error(
                                                    door.uri(),
                                                    key.substring(0, key.indexOf(' ')) + " " + door.name()
                                                            + " is taken by " + owner.path(),
                                                    "choose another path or method");
                                }
                            }));
        }
    }

    private static java.util.stream.Stream<String> methods(Unit unit) {
        return Arrays.stream(unit.from()
                        .get("parameters", "httpMethodRestrict")
                        .text()
                        .split(",", -1))
                .map(String::strip);
    }

    private void overrides() {
        Map<String, Unit> common = new TreeMap<>();
        units.stream()
                .filter(unit -> unit.isRoute() && unit.tenant() == null)
                .forEach(unit -> common.put(unit.id(), unit));
        for (Unit unit : units) {
            if (!unit.path().startsWith("for/")) {
                continue;
            }
            if (unit.tenant() == null || !unit.isRoute()) {
                unit.findings()
                        .error(
                                unit.member().key(),
                                "in for/ are routes of tenants",
                                "put it into for/TENANT/ROUTE.camel.yaml, or into another folder");
                continue;
            }
            Unit replaced = common.get(unit.id());
            if (replaced == null) {
                unit.findings()
                        .error(
                                unit.name(),
                                "there is no route \"" + unit.id() + "\" whose place this could take for "
                                        + unit.tenant(),
                                Near.remedy(unit.id(), common.keySet(), "the id is that of a route of everybody's"));
            } else if (!uri(unit).equals(uri(replaced))) {
                unit.findings()
                        .error(
                                unit.from().get("uri"),
                                "a tenant's route has the \"from\" of the route whose place it takes",
                                "write \"uri: " + uri(replaced) + "\", as " + replaced.path() + " does");
            }
        }
    }

    private static String uri(Unit unit) {
        return unit.from().get("uri").text();
    }

    private void kamelet(Unit unit, Address address) {
        if (!address.scheme().equals("kamelet")
                || address.dynamic()
                || Set.of("source", "sink").contains(address.name())) {
            return;
        }
        String name = address.name().replaceAll("/.*", "");
        Kamelet kamelet = kamelets.get(name);
        if (kamelet == null) {
            unit.findings()
                    .error(
                            address.uri(),
                            "there is no Kamelet \"" + name + "\"",
                            Near.remedy(name, kamelets.keySet(), "./hub kamelets tells which there are"));
        } else {
            kamelet.check(address, unit.findings());
        }
    }

    private void directs(List<Unit> before, Map<String, String> callers) {
        Map<String, Unit> now = named(units);
        Map<String, Unit> then = named(before);
        for (Unit unit : units) {
            for (Address address : unit.addresses()) {
                String name = address.name();
                if (address.scheme().equals("direct")
                        && !address.comesIn()
                        && !address.dynamic()
                        && !now.containsKey(name)) {
                    unit.findings().error(address.uri(), missing(name, then), missingRemedy(name, now, then));
                }
            }
        }
        then.forEach((name, unit) -> {
            String caller = callers.get(name);
            if (caller != null && !now.containsKey(name)) {
                gone.add(Finding.error(
                        unit.path(),
                        0,
                        0,
                        "no route takes direct:" + name + " any more, and " + caller + " sends to it",
                        "keep a route that is from direct:" + name));
            }
        });
        doubles(now);
    }

    private static String missing(String name, Map<String, Unit> then) {
        Unit last = then.get(name);
        return last == null
                ? "there is no route from direct:" + name
                : "there is no route from direct:" + name + " any more: " + last.path() + " had it";
    }

    private String missingRemedy(String name, Map<String, Unit> now, Map<String, Unit> then) {
        Unit last = then.get(name);
        if (last == null) {
            return Near.to(name, now.keySet())
                    .map(near -> "did you mean \"direct:" + near + "\"?")
                    .orElse("write that route, or send elsewhere");
        }
        String path = last.path();
        return units.stream()
                .filter(unit -> unit.path().equals(path))
                .flatMap(unit -> unit.direct().stream())
                .findFirst()
                .map(renamed -> "write \"direct:" + renamed + "\", as it is called now")
                .orElse("keep that route, or send elsewhere");
    }

    private static Map<String, Unit> named(List<Unit> units) {
        Map<String, Unit> named = new TreeMap<>();
        units.stream().filter(unit -> unit.tenant() == null).forEach(unit -> unit.direct()
                .ifPresent(name -> named.putIfAbsent(name, unit)));
        return named;
    }

    private void doubles(Map<String, Unit> now) {
        for (Unit unit : units) {
            if (unit.tenant() != null) {
                continue;
            }
            unit.direct()
                    .map(now::get)
                    .filter(owner -> !Objects.equals(owner, unit))
                    .ifPresent(owner -> unit.findings()
                            .error(
                                    unit.from().get("uri"),
                                    uri(unit) + " is taken by " + owner.path(),
                                    "one route takes what is sent to a name: choose another name"));
        }
    }
}
