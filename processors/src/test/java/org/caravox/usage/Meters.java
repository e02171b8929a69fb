package org.caravox.usage;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;

/** Meters for tests that have no database. */
public final class Meters {

    private Meters() {}

    /** One that writes nothing down and knows no budgets. */
    public static Meter none() {
        Clock clock = Clock.systemUTC();
        Currency none = Currency.getInstance("XXX");
        ConnectionFactory nowhere = () -> {
            throw new SQLException("there is no database");
        };
        return new Meter(
                usage -> {},
                new Budgets(Jdbi.create(nowhere), tenant -> Optional.empty(), none, clock),
                new Prices(none, List.of()),
                new Assumed(Duration.ofMinutes(10), 1000),
                clock);
    }
}
