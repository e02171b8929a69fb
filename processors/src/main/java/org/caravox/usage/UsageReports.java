package org.caravox.usage;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What was used, added up. */
public final class UsageReports {

    /** By what it is added up. */
    public enum Group {
        /** In UTC. */
        DAY("to_char(at at time zone 'UTC', 'YYYY-MM-DD')"),
        USE("use"),
        PROVIDER("provider"),
        MODEL("model");

        private final String sql;

        Group(String sql) {
            this.sql = sql;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Reads the word.
         *
         * @throws Refusal INVALID, listing what is allowed
         */
        public static Group of(String word) {
            return Stream.of(values())
                    .filter(group -> group.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> Refusal.invalid("groupBy must be made of "
                            + Stream.of(values()).map(Group::word).collect(Collectors.joining(", "))
                            + ", with commas between them"));
        }
    }

    /**
     * A sum.
     *
     * @param cachedRequests how many of the requests were answered without a provider
     * @param unpriced       how many of the requests are missing in the cost, since no price is known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Sum(
            @Nullable String day,
            @Nullable String use,
            @Nullable String provider,
            @Nullable String model,
            long requests,
            long cachedRequests,
            double audioSeconds,
            long inputTokens,
            long outputTokens,
            long characters,
            BigDecimal cost,
            long unpriced) {}

    private static final String SUMS =
            """
            count(*) as requests, count(*) filter (where cached) as cached_requests,
            coalesce(sum(audio_ms), 0) as audio_ms, coalesce(sum(input_tokens), 0) as input_tokens,
            coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(characters), 0) as characters,
            coalesce(sum(cost), 0) as cost, count(*) filter (where cost is null) as unpriced
            from usage where at >= :from and at < :to""";

    private final Jdbi database;

    public UsageReports(Jdbi database) {
        this.database = database;
    }

    /** All in one; {@code tenant} null is all tenants. */
    public Sum total(@Nullable String tenant, Instant from, Instant to) {
        return sums(tenant, from, to, Set.of()).get(0);
    }

    /** By groups, in their order; one sum in all without any. {@code tenant} null is all tenants. */
    public List<Sum> sums(@Nullable String tenant, Instant from, Instant to, Set<Group> groups) {
        String columns = groups.stream()
                .map(group -> group.sql + " as \"" + group.word() + "\", ")
                .sorted()
                .collect(Collectors.joining());
        String by = groups.stream().sorted().map(group -> group.sql).collect(Collectors.joining(", "));
        String sql = "select " + columns + SUMS + (tenant == null ? "" : " and tenant = :tenant")
                + (by.isEmpty() ? "" : " group by " + by + " order by " + by);
        Map<String, Object> bound = new HashMap<>(Map.of("from", from, "to", to));
        Optional.ofNullable(tenant).ifPresent(one -> bound.put("tenant", one));
        return database.withHandle(handle -> handle.createQuery(sql)
                .bindMap(bound)
                .map((row, context) -> sum(row, groups))
                .list());
    }

    private static Sum sum(ResultSet row, Set<Group> groups) throws SQLException {
        return new Sum(
                text(row, groups, Group.DAY),
                text(row, groups, Group.USE),
                text(row, groups, Group.PROVIDER),
                text(row, groups, Group.MODEL),
                row.getLong("requests"),
                row.getLong("cached_requests"),
                row.getLong("audio_ms") / 1000.0,
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("characters"),
                row.getBigDecimal("cost"),
                row.getLong("unpriced"));
    }

    private static @Nullable String text(ResultSet row, Set<Group> groups, Group group) throws SQLException {
        return groups.contains(group) ? row.getString(group.word()) : null;
    }
}
