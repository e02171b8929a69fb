package org.caravox.tables;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Language;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jspecify.annotations.Nullable;

/** Reads from databases that the settings name. Nothing of a message becomes part of a query's text: it is bound. */
public final class SqlLookups {

    /** How many rows are read at most. */
    public static final int MOST_ROWS = 1_000;

    /** {@code :#${...}}, an expression of Camel's simple language, as in Camel's own component for SQL. */
    private static final Pattern BOUND = Pattern.compile(":#(\\$\\{[^{}]+})");

    private static final Pattern READS = Pattern.compile("(?is)\\s*(select|with)\\b.*");

    /**
     * A database.
     *
     * @param connections to it, which read only
     * @param within      how long a query may take
     */
    public record Database(DataSource connections, Duration within) {}

    /** A query as it is sent, and the expressions whose values are bound to {@code :p0}, {@code :p1} ... */
    private record Bound(String sql, List<String> expressions) {

        static Bound of(String query) {
            List<String> expressions = new ArrayList<>();
            Matcher found = BOUND.matcher(query);
            String sql = found.replaceAll(place -> {
                expressions.add(place.group(1));
                return ":p" + (expressions.size() - 1);
            });
            return new Bound(sql, expressions);
        }
    }

    private final Map<String, Database> databases;

    /** @param databases by name */
    public SqlLookups(Map<String, Database> databases) {
        this.databases = Map.copyOf(databases);
    }

    /**
     * The first row, by its columns' names in lower case; empty when there is none.
     *
     * @throws IllegalStateException when there is no such database, or the query is wrong
     * @throws Refusal               UNREACHABLE when the database cannot be asked now, or takes too long
     */
    public Map<String, Object> one(String database, String query, Exchange exchange) {
        List<Map<String, Object>> rows = rows(database, query, 1, exchange);
        return rows.isEmpty() ? Map.of() : rows.get(0);
    }

    /** All rows, up to {@link #MOST_ROWS}; else as {@link #one}. */
    public List<Map<String, Object>> all(String database, String query, Exchange exchange) {
        return rows(database, query, MOST_ROWS, exchange);
    }

    private List<Map<String, Object>> rows(String name, String query, int most, Exchange exchange) {
        Database database = databases.get(name);
        if (database == null) {
            throw new IllegalStateException("there is no database \"" + name + "\": "
                    + (databases.isEmpty()
                            ? "write caravox.databases." + name + ".url"
                            : "the databases are " + String.join(", ", new TreeSet<>(databases.keySet()))));
        }
        if (!READS.matcher(query).matches()) {
            throw new IllegalStateException("sql-query only reads: its query begins with select or with");
        }
        Bound bound = Bound.of(query);
        List<@Nullable Object> values = values(bound, exchange);
        Jdbi jdbi = Jdbi.create(database.connections());
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        try (Handle handle = jdbi.open()) {
            Query asked = handle.createQuery(bound.sql()).setMaxRows(most);
            asked.setQueryTimeout((int) Math.max(1, database.within().toSeconds()));
            for (int i = 0; i < values.size(); i++) {
                asked.bind("p" + i, values.get(i));
            }
            return asked.mapToMap().list();
        } catch (JdbiException e) {
            throw failure(name, e);
        }
    }

    private static List<@Nullable Object> values(Bound bound, Exchange exchange) {
        Language simple = exchange.getContext().resolveLanguage("simple");
        List<@Nullable Object> values = new ArrayList<>();
        for (String expression : bound.expressions()) {
            values.add(simple.createExpression(expression).evaluate(exchange, Object.class));
        }
        return values;
    }

    /** What the database says of values may quote them, and they are not for logs: only of the query's text it is told. */
    private static RuntimeException failure(String name, JdbiException e) {
        SQLException cause = cause(e);
        String state = cause == null || cause.getSQLState() == null ? "" : cause.getSQLState();
        if (cause != null && state.startsWith("42")) {
            return new IllegalStateException("the database " + name + " cannot carry out the query: "
                    + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
        }
        boolean away = state.isEmpty() || state.matches("(08|53|57).*");
        String what = away ? " cannot be asked now" : " could not carry out the query";
        return new Refusal(
                Refusal.Reason.UNREACHABLE,
                "the database " + name + what + (state.isEmpty() ? "" : " (" + state.toUpperCase(Locale.ROOT) + ")"),
                null,
                e);
    }

    private static @Nullable SQLException cause(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
