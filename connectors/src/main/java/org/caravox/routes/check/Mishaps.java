package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/** What Camel says when it cannot load a route, with the place in the file, and what to write instead. */
final class Mishaps {

    private static final Pattern UNKNOWN_PARAMETERS =
            Pattern.compile("Unknown parameters=\\[\\{(.*)}]", Pattern.DOTALL);
    private static final Pattern NAMES = Pattern.compile("(?:^|, )([\\w.-]+)=");
    private static final Pattern NO_COMPONENT = Pattern.compile("No component found with scheme: ([\\w+-]+)");
    private static final Pattern NO_SETTING = Pattern.compile("Property with key \\[([^\\]]+)] not found");
    private static final Pattern NOT_IN_REGISTRY = Pattern.compile("in Registry with name: ([^\\s.]+)");
    private static final Pattern NO_FORMAT = Pattern.compile("Data format '([^']+)' could not be created");
    private static final Pattern AT = Pattern.compile("at: >>> (.+?)\\[.*?<<<", Pattern.DOTALL);
    private static final Pattern NO_FUNCTION = Pattern.compile("Unknown function: (\\S+)");
    private static final Set<String> FUNCTIONS = Set.of(
            "body",
            "bodyAs",
            "bodyOneLine",
            "header",
            "headers",
            "exchangeProperty",
            "variable",
            "exchangeId",
            "routeId",
            "properties",
            "propertiesExist",
            "bean",
            "date",
            "uuid",
            "random",
            "exception",
            "null",
            "empty");
    private static final Set<String> LANGUAGES = Set.of(
            "simple", "constant", "method", "exchangeProperty", "header", "variable", "xpath", "ref", "tokenize");
    private static final int LONGEST = 300;

    private final CamelContext context;
    private final List<Unit> units;
    private final Supplier<? extends Collection<String>> beans;

    Mishaps(CamelContext context, List<Unit> units, Supplier<? extends Collection<String>> beans) {
        this.context = context;
        this.units = units;
        this.beans = beans;
    }

    void noBean(Unit unit, Yaml at, String name) {
        unit.findings()
                .error(
                        at,
                        "there is no bean \"" + name + "\"",
                        Near.remedy(name, beans.get(), "routes use beans by their names"));
    }

    void noComponent(Unit unit, Yaml at, String scheme) {
        unit.findings()
                .error(
                        at,
                        "there is no component \"" + scheme + "\"",
                        Near.remedy(scheme, schemes(), known(schemes())));
    }

    private static String known(Set<String> names) {
        return "there is " + String.join(", ", new TreeSet<>(names));
    }

    private Set<String> schemes() {
        Set<String> schemes = new TreeSet<>(context.getComponentNames());
        schemes.addAll(Components.schemes());
        return schemes;
    }

    /** Finds out which of the things that go wrong this is. */
    void tell(Exception failure, Unit unit) {
        List<Throwable> chain = roots(failure).toList();
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (known(chain.get(i), unit)) {
                return;
            }
        }
        Throwable root = chain.get(chain.size() - 1);
        unit.findings().error(place(failure, unit), "Camel cannot load this: " + firstLine(root), "");
    }

    private boolean known(Throwable failure, Unit unit) {
        if (failure instanceof NoSuchBeanException e) {
            noBean(unit, find(unit, text -> holds(text, e.getName())), String.valueOf(e.getName()));
        } else if (failure instanceof MethodNotFoundException e) {
            String name = String.valueOf(e.getMethodName());
            unit.findings().error(find(unit, text -> holds(text, name)), "the bean has no method \"" + name + "\"", "");
        } else if (failure instanceof NoSuchLanguageException e) {
            String language = e.getLanguage();
            unit.findings()
                    .error(
                            key(unit, language).orElse(unit.member().key()),
                            "the hub does not have the language \"" + language + "\"",
                            Near.remedy(language, LANGUAGES, known(LANGUAGES)));
        } else if (failure instanceof SimpleIllegalSyntaxException e) {
            simple(unit, e);
        } else if (failure instanceof PropertyBindingException e) {
            binding(unit, e);
        } else if (failure instanceof ResolveEndpointFailedException e) {
            endpoint(unit, e.getUri(), e);
        } else if (failure instanceof NoSuchEndpointException e) {
            endpoint(unit, e.getUri(), e);
        } else if (failure instanceof NoTypeConversionAvailableException e) {
            String value = String.valueOf(e.getValue());
            boolean aClass = e.getToType() == Class.class;
            unit.findings()
                    .error(
                            find(unit, value::equals),
                            aClass
                                    ? "there is no class " + value
                                    : "\"" + value + "\" is no " + e.getToType().getSimpleName(),
                            aClass ? "write the whole name, with its package" : "");
        } else {
            return named(failure, unit);
        }
        return true;
    }

    private boolean named(Throwable failure, Unit unit) {
        String message = String.valueOf(failure.getMessage());
        Matcher bean = NOT_IN_REGISTRY.matcher(message);
        if (bean.find()) {
            String name = bean.group(1).replaceFirst("^#(bean:)?", "");
            noBean(unit, find(unit, text -> holds(text, name)), name);
            return true;
        }
        Matcher format = NO_FORMAT.matcher(message);
        if (format.find()) {
            unit.findings()
                    .error(
                            key(unit, format.group(1)).orElse(unit.member().key()),
                            "the hub does not have the data format \"" + format.group(1) + "\"",
                            "let a bean do it");
            return true;
        }
        Matcher setting = NO_SETTING.matcher(message);
        if (!setting.find()) {
            return false;
        }
        String name = setting.group(1);
        unit.findings()
                .error(find(unit, text -> text.contains("{{" + name)), "there is no setting \"" + name + "\"", "");
        return true;
    }

    private void simple(Unit unit, SimpleIllegalSyntaxException e) {
        String expression = String.valueOf(e.getExpression()).strip();
        Yaml at = find(unit, text -> resolved(text).strip().equals(expression));
        Matcher function = NO_FUNCTION.matcher(firstLine(e));
        if (function.find()) {
            String name = function.group(1).replaceFirst("[.\\[(:].*", "");
            unit.findings()
                    .error(
                            at,
                            "there is no function \"" + name + "\" in ${" + function.group(1) + "}",
                            Near.remedy(name, FUNCTIONS, "values of your own are ${exchangeProperty.NAME}"));
        } else if (firstLine(e).contains("functionEnd")) {
            unit.findings().error(at, "a \"${\" is not closed", "write \"}\" behind the function");
        } else {
            unit.findings()
                    .error(
                            at,
                            "this is not an expression of the simple language: " + firstLine(e),
                            "write functions like \"${body}\", and comparisons like \"${body.name} == 'x'\"");
        }
    }

    private void binding(Unit unit, PropertyBindingException e) {
        String name = String.valueOf(e.getPropertyName());
        Yaml at = key(unit, name)
                .or(() -> inQuery(unit, name))
                .orElse(unit.member().key());
        boolean number = roots(e).anyMatch(NumberFormatException.class::isInstance);
        Throwable reason = e.getCause() == null ? e : e.getCause();
        unit.findings()
                .error(
                        at,
                        number
                                ? "\"" + name + "\" is a number, not \"" + e.getValue() + "\""
                                : "\"" + name + "\" cannot be set: " + firstLine(reason),
                        number ? "write a number" : "");
    }

    private static Stream<Throwable> roots(Throwable failure) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause);
    }

    /** The address that has a parameter in its query string. */
    private static Optional<Yaml> inQuery(Unit unit, String name) {
        return unit.addresses().stream()
                .map(Unit.Address::uri)
                .filter(each -> each.text().matches(".*[?&]" + Pattern.quote(name) + "=.*"))
                .findFirst();
    }

    private void endpoint(Unit unit, @Nullable String uri, Exception e) {
        String message = String.valueOf(e.getMessage());
        Yaml at = address(unit, String.valueOf(uri));
        Matcher component = NO_COMPONENT.matcher(message);
        Matcher parameters = UNKNOWN_PARAMETERS.matcher(message);
        if (component.find()) {
            noComponent(unit, at, component.group(1));
        } else if (parameters.find()) {
            unknown(unit, at, String.valueOf(uri), parameters.group(1));
        } else {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            unit.findings().error(at, firstLine(reason), "");
        }
    }

    private void unknown(Unit unit, Yaml at, String uri, String pairs) {
        String scheme = uri.replaceFirst(":.*", "");
        Set<String> known = options(scheme, uri);
        Matcher names = NAMES.matcher(pairs);
        while (names.find()) {
            String name = names.group(1);
            unit.findings()
                    .error(
                            key(unit, name).or(() -> inQuery(unit, name)).orElse(at),
                            "\"" + scheme + ":\" has no parameter \"" + name + "\"",
                            Near.remedy(name, known));
        }
    }

    private Set<String> options(String scheme, String uri) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        if (factory != null) {
            return factory.propertyNames();
        }
        Set<String> names = new TreeSet<>();
        try {
            Endpoint endpoint = context.getEndpoint(uri.replaceFirst("\\?.*", ""));
            Arrays.stream(endpoint.getClass().getDeclaredMethods())
                    .map(java.lang.reflect.Method::getName)
                    .filter(each -> each.matches("set[A-Z].*"))
                    .forEach(each -> names.add(Character.toLowerCase(each.charAt(3)) + each.substring(4)));
        } catch (RuntimeException e) {
            return names;
        }
        return names;
    }

    /** The step with an address, which Camel has in a form of its own. */
    private Yaml address(Unit unit, String uri) {
        String wanted = start(uri);
        return searched(unit).stream()
                .flatMap(each -> each.addresses().stream())
                .map(Unit.Address::uri)
                .filter(each -> start(resolved(each.text())).equals(wanted))
                .findFirst()
                .orElseGet(() -> unit.member().key());
    }

    private String resolved(String text) {
        try {
            return context.resolvePropertyPlaceholders(text);
        } catch (RuntimeException e) {
            return text;
        }
    }

    private static String start(String uri) {
        String plain = uri.replaceFirst("\\?.*", "").replace("://", ":");
        return URISupport.sanitizeUri(plain);
    }

    private static boolean holds(String text, @Nullable String name) {
        return name != null
                && Stream.of("", "#", "#bean:", "[a-z-]+:")
                        .anyMatch(before -> text.matches("(?s)" + before + Pattern.quote(name) + "([(?].*)?"));
    }

    private List<Unit> searched(Unit unit) {
        return Stream.concat(Stream.of(unit), units.stream().filter(each -> each.kind() == Unit.Kind.KAMELET))
                .toList();
    }

    private Yaml find(Unit unit, Predicate<String> wanted) {
        Optional<Yaml> found =
                unit.tree().texts().filter(each -> wanted.test(each.text())).findFirst();
        return found.orElseGet(() -> unit.member().key());
    }

    private static Optional<Yaml> key(Unit unit, String name) {
        List<Yaml> found = new ArrayList<>();
        unit.tree().each((map, each) -> {
            if (each.name().equals(name)) {
                found.add(each.key());
            }
        });
        return found.stream().findFirst();
    }

    /** Where a step is that Camel names. */
    private Yaml place(Exception failure, Unit unit) {
        Matcher at = AT.matcher(String.valueOf(failure.getMessage()));
        if (!at.find()) {
            return unit.member().key();
        }
        String step = Character.toLowerCase(at.group(1).charAt(0)) + at.group(1).substring(1);
        return key(unit, step).orElse(unit.member().key());
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        String line = message.lines().findFirst().orElse("").strip();
        line = URISupport.sanitizeUri(line);
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }
}
