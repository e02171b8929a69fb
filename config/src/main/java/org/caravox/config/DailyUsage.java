package org.caravox.config;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.caravox.events.Events;
import org.jdbi.v3.core.Jdbi;

/** Tells tenants what they used; the route {@code tell-usage} says when. */
public class DailyUsage {

    private final Jdbi database;
    private final Events events;
    private final Clock clock;

    DailyUsage(Jdbi database, Events events, Clock clock) {
        this.database = database;
        this.events = events;
        this.clock = clock;
    }

    /** Of yesterday, in UTC; who knows it already is not told again. */
    public void tell() {
        LocalDate yesterday =
                LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(1);
        database.useTransaction(handle -> events.recordUsage(handle, yesterday));
    }
}
