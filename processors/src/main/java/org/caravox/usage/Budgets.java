package org.caravox.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The tenants' budgets. Before a provider is asked, the most that a request may cost is reserved, under a lock on the
 * tenant's period: however many ask at a time, what is spent and reserved never exceeds the budget. Tenants without a
 * budget cost nothing here.
 */
public final class Budgets {

    /** How a tenant's budget stands now. */
    public record Standing(
            BigDecimal amount, Budget.Per per, BigDecimal spent, BigDecimal reserved, Instant renewsAt) {}

    private static final int KEPT_PERIODS_DAYS = 40;

    private record Period(String tenant, Budget.Per per, Instant startsAt) {}

    private final Jdbi database;
    private final Function<String, Optional<Budget>> budgetOfTenant;
    private final Currency currency;
    private final Clock clock;
    private final Set<Period> summed = ConcurrentHashMap.newKeySet();

    public Budgets(Jdbi database, Function<String, Optional<Budget>> budgetOfTenant, Currency currency, Clock clock) {
        this.database = database;
        this.budgetOfTenant = budgetOfTenant;
        this.currency = currency;
        this.clock = clock;
    }

    /** A tenant's budget; empty when it has none. */
    public Optional<Budget> of(String tenant) {
        return budgetOfTenant.apply(tenant);
    }

    /**
     * Sets aside the most that a request may cost, in place of what the same request had set aside before.
     *
     * @param amount    0 or more
     * @param expiresAt when it is let go by itself, should nobody do so
     * @throws Refusal OVER_BUDGET when there is not that much left
     */
    void reserve(Budget budget, UUID request, Use use, String tenant, BigDecimal amount, Instant expiresAt) {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("a reservation must be 0 or more, was " + amount);
        }
        Optional<Standing> refused = database.inTransaction(handle -> {
            BigDecimal spent = lock(handle, budget, tenant);
            BigDecimal reserved = reserved(handle, tenant, request);
            if (spent.add(reserved).add(amount).compareTo(budget.amount()) > 0) {
                return Optional.of(standing(budget, spent, reserved));
            }
            handle.createUpdate(
                            """
                            insert into budget_reservations (request, use, tenant, amount, expires_at)
                            values (:request, :use, :tenant, :amount, :expiresAt)
                            on conflict (request, use) do update
                              set amount = excluded.amount, expires_at = excluded.expires_at""")
                    .bind("request", request)
                    .bind("use", use.word())
                    .bind("tenant", tenant)
                    .bind("amount", amount)
                    .bind("expiresAt", expiresAt)
                    .execute();
            return Optional.empty();
        });
        refused.ifPresent(standing -> {
            throw overBudget(standing, amount);
        });
    }

    /** Lets go of what was set aside for a request that cost nothing. */
    void release(UUID request, Use use) {
        database.useHandle(
                handle -> handle.createUpdate("delete from budget_reservations where request = :request and use = :use")
                        .bind("request", request)
                        .bind("use", use.word())
                        .execute());
    }

    /** How a tenant's budget stands; empty when it has none. */
    public Optional<Standing> standing(String tenant) {
        return of(tenant)
                .map(budget -> database.inTransaction(handle -> {
                    BigDecimal spent = lock(handle, budget, tenant);
                    return standing(budget, spent, reserved(handle, tenant, new UUID(0, 0)));
                }));
    }

    /** Removes reservations that have expired, and sums of periods long gone. */
    public void clean() {
        database.useHandle(handle -> {
            handle.execute("delete from budget_reservations where expires_at < ?", clock.instant());
            handle.execute(
                    "delete from budget_periods where starts_at < ?",
                    clock.instant().minus(Duration.ofDays(KEPT_PERIODS_DAYS)));
        });
        summed.removeIf(
                period -> period.startsAt().isBefore(clock.instant().minus(Duration.ofDays(KEPT_PERIODS_DAYS))));
    }

    /** Locks the tenant's present period and says what it has spent in it. */
    private BigDecimal lock(Handle handle, Budget budget, String tenant) {
        Instant now = clock.instant();
        Period period = new Period(tenant, budget.per(), budget.startOf(now));
        if (!summed.contains(period)) {
            sum(handle, period, budget.endOf(now));
        }
        return handle.createQuery("select spent from budget_periods"
                        + " where tenant = :tenant and per = :per and starts_at = :startsAt for update")
                .bind("tenant", tenant)
                .bind("per", period.per().word())
                .bind("startsAt", period.startsAt())
                .mapTo(BigDecimal.class)
                .one();
    }

    /**
     * Once in a hub's life, the sum of a period is made from the usage itself: the budget may be new, or may have been
     * away for a while.
     */
    private void sum(Handle handle, Period period, Instant end) {
        handle.createUpdate("insert into budget_periods (tenant, per, starts_at, spent)"
                        + " values (:tenant, :per, :startsAt, 0) on conflict do nothing")
                .bind("tenant", period.tenant())
                .bind("per", period.per().word())
                .bind("startsAt", period.startsAt())
                .execute();
        handle.createQuery("select 1 from budget_periods"
                        + " where tenant = :tenant and per = :per and starts_at = :startsAt for update")
                .bind("tenant", period.tenant())
                .bind("per", period.per().word())
                .bind("startsAt", period.startsAt())
                .mapTo(Integer.class)
                .one();
        handle.createUpdate(
                        """
                        update budget_periods set spent = (
                          select coalesce(sum(cost), 0) from usage where tenant = :tenant and at >= :startsAt and at < :end)
                        where tenant = :tenant and per = :per and starts_at = :startsAt""")
                .bind("tenant", period.tenant())
                .bind("per", period.per().word())
                .bind("startsAt", period.startsAt())
                .bind("end", end)
                .execute();
        handle.afterCommit(() -> summed.add(period));
    }

    private BigDecimal reserved(Handle handle, String tenant, UUID butFor) {
        return handle.createQuery("select coalesce(sum(amount), 0) from budget_reservations"
                        + " where tenant = :tenant and expires_at > :now and request <> :butFor")
                .bind("tenant", tenant)
                .bind("now", clock.instant())
                .bind("butFor", butFor)
                .mapTo(BigDecimal.class)
                .one();
    }

    private Standing standing(Budget budget, BigDecimal spent, BigDecimal reserved) {
        return new Standing(budget.amount(), budget.per(), spent, reserved, budget.endOf(clock.instant()));
    }

    private Refusal overBudget(Standing standing, BigDecimal wanted) {
        return new Refusal(
                Refusal.Reason.OVER_BUDGET,
                "over the budget of " + money(standing.amount()) + " a "
                        + standing.per().word() + ": " + money(standing.spent()) + " spent, "
                        + money(standing.reserved()) + " reserved for requests under way, and this one may cost "
                        + money(wanted) + "; it renews at " + standing.renewsAt());
    }

    private String money(BigDecimal amount) {
        BigDecimal plain = amount.stripTrailingZeros();
        BigDecimal shown = plain.scale() > 6 ? plain.setScale(6, RoundingMode.UP) : plain;
        return (shown.scale() < 0 ? shown.setScale(0) : shown).toPlainString() + " " + currency.getCurrencyCode();
    }
}
