package org.caravox.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.caravox.providers.Use;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Where usage is written down: once for each request and use, with its cost, in one statement with the end of its
 * reservation.
 */
public final class Ledger {

    /**
     * What is written in the same statement.
     *
     * @param sql   a common table expression that changes data, with its name: {@code kept as (insert ...)}
     * @param bound its parameters; none is named like a column of {@code usage}
     */
    public record Alongside(String sql, Map<String, Object> bound) {

        static final Alongside NOTHING = new Alongside("", Map.of());
    }

    private static final String USED =
            """
            used as (
              insert into usage (request, use, tenant, provider, model, audio_ms, input_tokens, output_tokens,
                                 characters, counted, cached, cost, at)
              values (:request, :use, :tenant, :provider, :model, :audioMs, :inputTokens, :outputTokens,
                      :characters, :counted, :cached, :cost, :at)
              on conflict (request, use) do nothing returning coalesce(cost, 0) as cost)""";

    private static final String SETTLED =
            """
            , freed as (delete from budget_reservations where request = :request and use = :use)
            , summed as (
              insert into budget_periods (tenant, per, starts_at, spent)
              select :tenant, :per, cast(:startsAt as timestamptz), cost from used
              on conflict (tenant, per, starts_at) do update set spent = budget_periods.spent + excluded.spent)""";

    private final Jdbi database;
    private final Prices prices;
    private final Budgets budgets;
    private final UsageMetrics metrics;

    public Ledger(Jdbi database, Prices prices, Budgets budgets, UsageMetrics metrics) {
        this.database = database;
        this.prices = prices;
        this.budgets = budgets;
        this.metrics = metrics;
    }

    /** Writes usage down by itself; the same request again changes nothing. */
    public void record(Usage usage) {
        database.useHandle(handle -> record(handle, usage));
    }

    /** The same as part of a transaction. */
    public void record(Handle handle, Usage usage) {
        record(handle, usage, Alongside.NOTHING);
    }

    /** Writes usage down with something else, in one statement; the same request again changes nothing of it. */
    public void record(Handle handle, Usage usage, Alongside alongside) {
        Optional<Budget> budget = budgets.of(usage.tenant());
        String sql = "with " + (alongside.sql().isEmpty() ? "" : alongside.sql() + ", ") + USED
                + (budget.isPresent() ? SETTLED : "") + " select count(*) from used";
        try (Query query = handle.createQuery(sql)) {
            bind(query, usage);
            query.bindMap(alongside.bound());
            budget.ifPresent(set -> query.bind("per", set.per().word()).bind("startsAt", set.startOf(usage.at())));
            if (query.mapTo(Integer.class).one() == 1) {
                metrics.count(usage);
            }
        }
    }

    /** Writes the usage of many requests down as part of a transaction; the same requests again change nothing. */
    public void recordAll(Handle handle, List<Usage> used) {
        List<Usage> unlimited = new ArrayList<>();
        for (Usage usage : used) {
            if (budgets.of(usage.tenant()).isPresent()) {
                record(handle, usage, Alongside.NOTHING);
            } else {
                unlimited.add(usage);
            }
        }
        if (!unlimited.isEmpty()) {
            recordUnlimited(handle, unlimited);
        }
    }

    private void recordUnlimited(Handle handle, List<Usage> used) {
        Set<Map.Entry<UUID, String>> written = handle.createQuery(
                        """
                        insert into usage (request, use, tenant, provider, model, audio_ms, input_tokens, output_tokens,
                                           characters, counted, cached, cost, at)
                        select request, use, tenant, provider, model, audio_ms, input_tokens, output_tokens,
                               characters, counted, cached, cast(cost as numeric), cast(at as timestamptz)
                        from unnest(:requests, :uses, :tenants, :providers, :models, :audioMs, :inputTokens,
                                    :outputTokens, :characters, :counted, :cached, :costs, :at)
                          as used (request, use, tenant, provider, model, audio_ms, input_tokens, output_tokens,
                                   characters, counted, cached, cost, at)
                        on conflict (request, use) do nothing returning request, use""")
                .bindArray("requests", UUID.class, each(used, Usage::request))
                .bindArray("uses", String.class, each(used, usage -> usage.use().word()))
                .bindArray("tenants", String.class, each(used, Usage::tenant))
                .bindArray("providers", String.class, each(used, Usage::provider))
                .bindArray("models", String.class, each(used, Usage::model))
                .bindArray("audioMs", Long.class, each(used, usage -> usage.consumed()
                        .audio()
                        .toMillis()))
                .bindArray("inputTokens", Long.class, each(used, usage -> usage.consumed()
                        .inputTokens()))
                .bindArray("outputTokens", Long.class, each(used, usage -> usage.consumed()
                        .outputTokens()))
                .bindArray("characters", Long.class, each(used, usage -> usage.consumed()
                        .characters()))
                .bindArray("counted", Boolean.class, each(used, usage -> usage.consumed()
                        .counted()))
                .bindArray("cached", Boolean.class, each(used, Usage::cached))
                .bindArray(
                        "costs",
                        String.class,
                        each(
                                used,
                                usage -> usage.cost() == null
                                        ? null
                                        : usage.cost().toPlainString()))
                .bindArray("at", String.class, each(used, usage -> usage.at().toString()))
                .map((row, context) -> Map.entry(row.getObject("request", UUID.class), row.getString("use")))
                .set();
        used.stream()
                .filter(usage ->
                        written.contains(Map.entry(usage.request(), usage.use().word())))
                .forEach(metrics::count);
    }

    private static Object[] each(List<Usage> used, Function<Usage, @Nullable Object> part) {
        return used.stream().map(part).toArray();
    }

    private static void bind(SqlStatement<?> statement, Usage usage) {
        Consumed consumed = usage.consumed();
        statement
                .bind("request", usage.request())
                .bind("use", usage.use().word())
                .bind("tenant", usage.tenant())
                .bind("provider", usage.provider())
                .bind("model", usage.model())
                .bind("audioMs", consumed.audio().toMillis())
                .bind("inputTokens", consumed.inputTokens())
                .bind("outputTokens", consumed.outputTokens())
                .bind("characters", consumed.characters())
                .bind("counted", consumed.counted())
                .bind("cached", usage.cached())
                .bind("cost", usage.cost())
                .bind("at", usage.at());
    }

    /** What a request used of a provider, with its cost as the prices are now. */
    public Usage priced(
            UUID request, Use use, String tenant, String provider, String model, Consumed consumed, Instant at) {
        return Usage.priced(prices, request, use, tenant, provider, model, consumed, at);
    }
}
