package org.caravox.routes.cases;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.Language;
import org.caravox.routes.Confined;
import org.jspecify.annotations.Nullable;

/** The languages of routes on the side, which reach the message and nothing of the hub. */
final class Languages {

    private static final Set<String> HARMLESS =
            Set.of("constant", "exchangeProperty", "header", "variable", "tokenize", "ref");
    private static final Pattern REACHING = Pattern.compile("\\$(?:simple)?\\{\\s*(env|sysenv|sys|type|bean:type"
            + "|camelContext|camelId|exchange\\s*\\??\\.|threadId|threadName|hostname|load|range|pad|repeat)");
    /** Members that lead from a value to the machine, or make much of little. */
    private static final Pattern MEMBERS =
            Pattern.compile("(?i)\\b(?:get)?(?:class|classLoader|declaringClass|declaringType|context|camelContext)\\b"
                    + "|(?i)\\b(?:forName|invoke|newInstance|exec|toFile|getFileSystem|fileSystem|delete|repeat|formatted"
                    + "|format|indent|wait|notify|notifyAll)\\b");

    private static final Set<String> VALUES =
            Set.of("java.lang.String", "java.lang.Boolean", "java.util.Optional", "java.util.UUID");

    private Languages() {}

    /**
     * A language as it may be used.
     *
     * @throws IllegalArgumentException for one that is code
     */
    static Language safe(String name, Language usual, Beans beans) {
        if (name.equals("bean")) {
            return beans.language(usual);
        }
        if (name.equals("simple")) {
            return new Simple(usual);
        }
        if (HARMLESS.contains(name)) {
            return usual;
        }
        throw new IllegalArgumentException("the language " + name + " is not spoken in a case");
    }

    /**
     * Looks at what an expression asks of an object.
     *
     * @throws IllegalArgumentException when it is more than a value's members
     */
    static void check(Object root, String path) {
        members(path);
        if (!value(root)) {
            throw new IllegalArgumentException(
                    "a case does not look into " + root.getClass().getSimpleName() + ", and this asks for its " + path);
        }
    }

    /** Looks at the members that are asked for. */
    static void members(@Nullable String path) {
        if (path == null) {
            return;
        }
        Matcher member = MEMBERS.matcher(path.replaceAll("'[^']*'|\"[^\"]*\"", ""));
        if (member.find()) {
            throw new IllegalArgumentException("a case does not ask for \"" + member.group() + "\": " + path);
        }
    }

    private static boolean value(Object root) {
        String type = root.getClass().getName();
        boolean own = type.startsWith("org.caravox.") && !type.startsWith(Confined.class.getPackageName() + ".");
        return own
                || root instanceof java.util.Map
                || root instanceof java.util.Collection
                || root instanceof Number
                || root instanceof Enum
                || root instanceof Throwable
                || root.getClass().isArray()
                || VALUES.contains(type)
                || type.startsWith("java.time.")
                || type.startsWith("com.fasterxml.jackson.databind.node.");
    }

    /** The simple language without the functions that reach out of the message. */
    private record Simple(Language usual) implements Language {

        private static String looked(String expression) {
            Matcher function = REACHING.matcher(Optional.ofNullable(expression).orElse(""));
            if (function.find()) {
                throw new IllegalArgumentException("a case knows the message alone, and this asks for \"${"
                        + function.group(1) + "\": " + expression);
            }
            return expression;
        }

        @Override
        public Predicate createPredicate(String expression) {
            return usual.createPredicate(looked(expression));
        }

        @Override
        public Expression createExpression(String expression) {
            return usual.createExpression(looked(expression));
        }

        @Override
        public Predicate createPredicate(String expression, Object[] properties) {
            return usual.createPredicate(looked(expression), properties);
        }

        @Override
        public Expression createExpression(String expression, Object[] properties) {
            return usual.createExpression(looked(expression), properties);
        }
    }
}
