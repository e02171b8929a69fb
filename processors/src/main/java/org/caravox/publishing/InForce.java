package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is in force, and what is tried or proposed beside it.
 *
 * @param version        which new work gets
 * @param ofFolder       whether it is what a hub's folder held when it started: each hub has its own then
 * @param since          when it came in force
 * @param previous       what was before, and returns when this one fails; null when this one is not on probation
 * @param probationUntil until when it does; null when it does not
 * @param countsBefore   how routes did until then or until the staging, as JSON; null when nothing is compared
 * @param staged         what is tried
 * @param proposed       what hubs are to load; null for nothing
 */
public record InForce(
        long version,
        boolean ofFolder,
        Instant since,
        @Nullable Long previous,
        @Nullable Instant probationUntil,
        @Nullable String countsBefore,
        Optional<Staged> staged,
        @Nullable Long proposed) {

    /**
     * A version that is tried.
     *
     * @param percent              of new work
     * @param tenant               whose; null is everybody's
     * @param promoteAt            when it gets all, if it does well; null: not by itself
     * @param promoteAfterMessages after how many of its messages it does; null: not by itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Staged(
            long version,
            int percent,
            @Nullable String tenant,
            Instant since,
            @Nullable Instant promoteAt,
            @Nullable Long promoteAfterMessages) {

        RouteRuntime.Share share() {
            return new RouteRuntime.Share(percent, tenant);
        }
    }

    /** Whether it may still return by itself. */
    public boolean onProbation() {
        return previous != null;
    }

    /** Reads it; empty before the first hub has started. */
    static Optional<InForce> read(Handle handle) {
        return handle.createQuery(
                        """
                        select f.*, v.kind = 'started' and v.base is null as of_folder,
                               probation_until > clock_timestamp() as on_probation,
                               (select proposed from route_publisher where until > clock_timestamp()) as proposed
                        from routes_in_force f join route_versions v on v.number = f.version""")
                .map((row, context) -> of(row))
                .findOne();
    }

    private static InForce of(ResultSet row) throws SQLException {
        Optional<Staged> staged = staged(row);
        boolean probation = row.getBoolean("on_probation");
        return new InForce(
                row.getLong("version"),
                row.getBoolean("of_folder"),
                row.getTimestamp("since").toInstant(),
                probation ? row.getObject("previous", Long.class) : null,
                probation ? time(row, "probation_until") : null,
                probation || staged.isPresent() ? row.getString("counts_before") : null,
                staged,
                row.getObject("proposed", Long.class));
    }

    private static Optional<Staged> staged(ResultSet row) throws SQLException {
        Long version = row.getObject("staged", Long.class);
        return version == null
                ? Optional.empty()
                : Optional.of(new Staged(
                        version,
                        row.getInt("staged_percent"),
                        row.getString("staged_tenant"),
                        row.getTimestamp("staged_at").toInstant(),
                        time(row, "promote_at"),
                        row.getObject("promote_after", Long.class)));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
