package org.caravox.usage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How much a tenant may spend.
 *
 * @param amount in the currency of the prices, 0 or more
 * @param per    in which time
 */
public record Budget(BigDecimal amount, Per per) {

    /** The time after which it begins anew, in UTC. */
    public enum Per {
        DAY,
        MONTH;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Budget {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("the amount of a budget must be 0 or more, was " + amount);
        }
    }

    /** The first moment of the period that a time is in. */
    Instant startOf(Instant time) {
        ZonedDateTime day = time.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS);
        return (per == Per.DAY ? day : day.withDayOfMonth(1)).toInstant();
    }

    /** The first moment after the period that a time is in. */
    Instant endOf(Instant time) {
        ZonedDateTime start = startOf(time).atZone(ZoneOffset.UTC);
        return (per == Per.DAY ? start.plusDays(1) : start.plusMonths(1)).toInstant();
    }
}
