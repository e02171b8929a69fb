package org.caravox.routes.check;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Handler;
import org.apache.camel.Processor;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.util.StringQuoteHelper;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.Scratch;
import org.caravox.routes.check.Unit.Address;
import org.caravox.routes.check.Yaml.Kind;

/** Loads routes on the side, with the hub's beans and settings, and tells in their words what Camel says in its own. */
final class Loading {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");

    /** Shorter values may stand in a text by chance. */
    private static final int TELLING = 6;

    private static final Pattern OF_EXCHANGE = Pattern.compile("\\$\\{(exchange[A-Z]\\w*)");
    private static final Set<String> KNOWN_OF_EXCHANGE = Set.of("exchangeProperty", "exchangeId");

    private final Scratch scratch;
    private final Supplier<? extends Collection<String>> beans;
    private final Supplier<? extends Collection<String>> settings;

    /**
     * @param beans    the names of those that routes may use, for "did you mean"
     * @param settings the names of those, for "did you mean"
     */
    Loading(
            Scratch scratch,
            Supplier<? extends Collection<String>> beans,
            Supplier<? extends Collection<String>> settings) {
        this.scratch = scratch;
        this.beans = beans;
        this.settings = settings;
    }

    /** @param wanted the files whose routes are loaded */
    void check(List<Unit> units, RouteFiles files, Set<String> wanted) {
        CamelContext context = scratch.open(Map.of());
        try {
            context.start();
            new Try(context, units, files, wanted).all();
        } finally {
            context.stop();
        }
    }

    private final class Try {

        private final CamelContext context;
        private final List<Unit> units;
        private final RouteFiles files;
        private final Set<String> wanted;
        private final Mishaps mishaps;

        Try(CamelContext context, List<Unit> units, RouteFiles files, Set<String> wanted) {
            this.context = context;
            this.units = units;
            this.files = files;
            this.wanted = wanted;
            this.mishaps = new Mishaps(context, units, beans);
        }

        void all() {
            List<Unit> routes = units.stream()
                    .filter(unit -> unit.isRoute() && wanted.contains(unit.path()))
                    .toList();
            Set<String> used = new HashSet<>();
            routes.stream().filter(this::applies).forEach(unit -> used.addAll(kamelets(unit)));
            for (Unit unit : units) {
                boolean kamelet = unit.kind() == Unit.Kind.KAMELET;
                if (kamelet && used.contains(unit.id())) {
                    look(unit);
                }
                if (!unit.isRoute() && (!kamelet || unit.findings().none())) {
                    load(unit);
                }
            }
            for (Unit unit : routes) {
                if (applies(unit)) {
                    look(unit);
                }
                if (unit.findings().none() && !usesWhatIsWrong(unit)) {
                    load(unit);
                    forget();
                }
            }
            units.stream().filter(unit -> !unit.findings().none()).forEach(this::hideValues);
        }

        /** Who may see routes may not see what their placeholders stand for. */
        private void hideValues(Unit unit) {
            Set<String> used = kamelets(unit);
            Map<String, String> written = new TreeMap<>(
                    Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
            units.stream()
                    .filter(each -> each.equals(unit) || (each.kind() == Unit.Kind.KAMELET && used.contains(each.id())))
                    .flatMap(each -> each.tree().texts())
                    .flatMap(text -> PLACEHOLDER.matcher(text.text()).results())
                    .forEach(place -> value(place.group()).ifPresent(value -> written.put(value, place.group())));
            written.forEach((value, place) -> unit.findings().word(text -> hidden(text, value, place)));
        }

        private Optional<String> value(String placeholder) {
            try {
                return Optional.ofNullable(context.resolvePropertyPlaceholders(placeholder))
                        .filter(value -> !value.isEmpty());
            } catch (RuntimeException e) {
                return Optional.empty(); // of a Kamelet's parameter, or none: there is a finding then
            }
        }

        private static String hidden(String text, String value, String place) {
            String sure = value.length() < TELLING ? "(?<=\")%s(?=\")" : "(?<!\\w)%s(?!\\w)";
            return text.replaceAll(sure.formatted(Pattern.quote(value)), Matcher.quoteReplacement(place));
        }

        private boolean usesWhatIsWrong(Unit unit) {
            Set<String> used = kamelets(unit);
            return units.stream()
                    .anyMatch(each -> each.kind() == Unit.Kind.KAMELET
                            && used.contains(each.id())
                            && !each.findings().none());
        }

        private Set<String> kamelets(Unit unit) {
            Set<String> names = new HashSet<>();
            unit.addresses().stream()
                    .filter(each -> each.scheme().equals("kamelet"))
                    .forEach(each -> names.add(each.name()));
            return names;
        }

        /** Whether a hub with these settings has the route at all. */
        private boolean applies(Unit unit) {
            Yaml precondition = unit.tree().get("precondition");
            if (precondition.blank()) {
                return true;
            }
            try {
                return context.resolveLanguage("simple")
                        .createPredicate(precondition.text())
                        .matches(new DefaultExchange(context));
            } catch (RuntimeException e) {
                mishaps.tell(e, unit);
                return false;
            }
        }

        private void load(Unit unit) {
            try {
                Scratch.load(context, unit.path(), files.text(unit.path()).orElseThrow());
            } catch (Exception e) {
                mishaps.tell(e, unit);
            }
        }

        private void forget() {
            ModelCamelContext model = (ModelCamelContext) context;
            try {
                for (RouteDefinition route : List.copyOf(model.getRouteDefinitions())) {
                    model.removeRouteDefinition(route);
                }
            } catch (Exception e) {
                throw new IllegalStateException("a route on the side cannot be taken away", e);
            }
        }

        /** What can be told with its place, all at once; Camel tells one thing at a time. */
        private void look(Unit unit) {
            unit.tree().texts().forEach(text -> {
                placeholders(unit, text);
                functions(unit, text);
            });
            unit.tree().each((map, each) -> {
                if (each.value().get("ref").isText()
                        && Set.of("bean", "method", "policy").contains(each.name())) {
                    bean(unit, each.value());
                }
            });
            unit.addresses().forEach(address -> {
                component(unit, address);
                address.parameters().texts().forEach(text -> expression(unit, text));
            });
        }

        /** Parameters are worked out when an exchange comes, so that Camel says nothing before. */
        private void expression(Unit unit, Yaml text) {
            if (!text.text().contains("${") || text.text().contains("{{")) {
                return;
            }
            try {
                context.resolveLanguage("simple").createExpression(text.text());
            } catch (RuntimeException e) {
                mishaps.tell(e, unit);
            }
        }

        private void placeholders(Unit unit, Yaml text) {
            Matcher places = PLACEHOLDER.matcher(text.text());
            while (places.find()) {
                String name = places.group(1);
                boolean ofKamelet = unit.kind() == Unit.Kind.KAMELET && !name.contains(".");
                if (ofKamelet || name.startsWith("?")) {
                    continue;
                }
                try {
                    context.resolvePropertyPlaceholders("{{" + name + "}}");
                } catch (RuntimeException e) {
                    noSetting(unit, text, name);
                }
            }
        }

        private void noSetting(Unit unit, Yaml at, String name) {
            if (name.contains(":")) {
                unit.findings()
                        .error(
                                at,
                                "{{" + name + "}} finds nothing",
                                "have it there, or write \"{{" + name
                                        + ":}}\", and what it is otherwise behind the colon");
            } else {
                unit.findings()
                        .error(
                                at,
                                "there is no setting \"" + name + "\"",
                                Near.remedy(name, settings.get(), "config/README.md tells what settings there are"));
            }
        }

        /** Camel would look for this in the exchange itself, and find nothing. */
        private void functions(Unit unit, Yaml text) {
            Matcher functions = OF_EXCHANGE.matcher(text.text());
            while (functions.find()) {
                String name = functions.group(1);
                if (!KNOWN_OF_EXCHANGE.contains(name)) {
                    unit.findings()
                            .error(text, "there is no function \"" + name + "\"", Near.remedy(name, KNOWN_OF_EXCHANGE));
                }
            }
        }

        private void bean(Unit unit, Yaml step) {
            Yaml ref = step.get("ref");
            if (ref.text().contains("{{")) {
                return;
            }
            Object bean = context.getRegistry().lookupByName(ref.text());
            if (bean == null) {
                mishaps.noBean(unit, ref, ref.text());
            } else if (!(bean instanceof Policy)) {
                method(unit, ref, step.get("method"), bean);
            }
        }

        private void method(Unit unit, Yaml ref, Yaml method, Object bean) {
            List<Method> all = Arrays.stream(bean.getClass().getMethods())
                    .filter(each -> each.getDeclaringClass() != Object.class && !each.isBridge())
                    .toList();
            Set<String> names = new TreeSet<>();
            all.forEach(each -> names.add(each.getName()));
            if (method.is(Kind.MISSING)) {
                boolean handler = all.stream().anyMatch(each -> each.isAnnotationPresent(Handler.class));
                if (names.size() > 1 && !handler && !(bean instanceof Processor)) {
                    unit.findings()
                            .error(
                                    ref,
                                    "the bean \"" + ref.text() + "\" has several methods: " + String.join(", ", names),
                                    "say which with \"method:\"");
                }
                return;
            }
            String text = method.text();
            int bracket = text.indexOf('(');
            String name = bracket < 0 ? text : text.substring(0, bracket);
            if (name.contains("{{") || name.contains("${")) {
                return;
            }
            if (!names.contains(name)) {
                unit.findings()
                        .error(
                                method,
                                "the bean \"" + ref.text() + "\" has no method \"" + name + "\"",
                                Near.remedy(name, names));
            } else if (bracket >= 0 && text.endsWith(")")) {
                arguments(unit, method, name, text.substring(bracket + 1, text.length() - 1), all);
            }
        }

        private void arguments(Unit unit, Yaml method, String name, String written, List<Method> all) {
            int given = written.isBlank() ? 0 : StringQuoteHelper.splitSafeQuote(written, ',').length;
            Set<Integer> wantedCounts = new TreeSet<>();
            all.stream()
                    .filter(each -> each.getName().equals(name))
                    .forEach(each -> wantedCounts.add(each.getParameterCount()));
            if (given > 0 && !wantedCounts.contains(given)) {
                unit.findings()
                        .error(
                                method,
                                "the method \"" + name + "\" takes "
                                        + String.join(
                                                " or ",
                                                wantedCounts.stream()
                                                        .map(String::valueOf)
                                                        .toList())
                                        + " arguments, and here are " + given,
                                "separate them by commas, and put texts in single quotes");
            }
        }

        private void component(Unit unit, Address address) {
            String scheme = address.scheme();
            if (!scheme.matches("[a-z][a-z0-9+-]*") || address.step().text().equals("kamelet")) {
                return;
            }
            if (context.getComponent(scheme) == null) {
                mishaps.noComponent(unit, address.uri(), scheme);
            }
        }
    }
}
