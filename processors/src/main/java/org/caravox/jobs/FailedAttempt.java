package org.caravox.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a job that failed.
 *
 * @param at      when it failed
 * @param attempt which one it was, from 1; a replay counts anew
 * @param error   why
 * @param fault   whose doing that was: {@code caller} or {@code hub}
 * @param node    the hub that made it, for operators; null for everybody else
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedAttempt(Instant at, int attempt, String error, String fault, @Nullable String node) {

    /** Reads it from a row, as its owner may see it. */
    static FailedAttempt of(ResultSet row) throws SQLException {
        return new FailedAttempt(
                row.getTimestamp("at").toInstant(),
                row.getInt("attempt"),
                row.getString("error"),
                row.getString("fault"),
                null);
    }
}
