package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Tenants;
import org.caravox.usage.Budgets;
import org.caravox.usage.UsageReports;
import org.caravox.usage.UsageReports.Group;
import org.caravox.usage.UsageReports.Sum;
import org.jspecify.annotations.Nullable;

/** {@code /usage}: what a tenant has used and what that cost; an admin sees all tenants, or one. */
public final class UsagePages {

    /**
     * The answer.
     *
     * @param rows   the same by groups; none when no groups are asked for
     * @param budget null when the tenant has none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(
            Instant from, Instant to, String currency, Sum total, List<Sum> rows, Budgets.@Nullable Standing budget) {}

    private final UsageReports reports;
    private final Budgets budgets;
    private final Currency currency;
    private final Tenants tenants;
    private final ObjectMapper json;
    private final Clock clock;

    public UsagePages(
            UsageReports reports, Budgets budgets, Currency currency, Tenants tenants, ObjectMapper json, Clock clock) {
        this.reports = reports;
        this.budgets = budgets;
        this.currency = currency;
        this.tenants = tenants;
        this.json = json;
        this.clock = clock;
    }

    /** {@code GET /usage}. */
    public void report(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("tenant", "from", "to", "groupBy"), json);
        String tenant = Callers.scope(exchange, query.text("tenant"), tenants);
        Set<Group> groups = groups(query.text("groupBy"));
        Instant now = clock.instant();
        Instant asked = query.time("to");
        Instant to = asked == null ? now : asked;
        Instant since = query.time("from");
        Instant from = since == null ? firstOfMonth(to) : since;
        if (from.isAfter(to)) {
            throw Refusal.invalid("from must be before to");
        }
        Answers.write(
                json,
                exchange,
                200,
                new Report(
                        from,
                        to,
                        currency.getCurrencyCode(),
                        reports.total(tenant, from, to),
                        groups.isEmpty() ? List.of() : reports.sums(tenant, from, to, groups),
                        tenant == null ? null : budgets.standing(tenant).orElse(null)));
    }

    private static Instant firstOfMonth(Instant time) {
        return time.atZone(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant();
    }

    private static Set<Group> groups(@Nullable String text) {
        Set<Group> groups = EnumSet.noneOf(Group.class);
        if (text != null) {
            for (String word : text.split(",", -1)) {
                groups.add(Group.of(word.strip()));
            }
        }
        return groups;
    }
}
