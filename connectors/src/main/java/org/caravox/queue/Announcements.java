package org.caravox.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to a PostgreSQL channel, on a connection of its own, until it is not wanted any more. */
public final class Announcements implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Announcements.class);
    private static final int LISTEN_MS = 500;

    private final String name;
    private final DataSource database;
    private final String channel;
    private final BooleanSupplier wanted;
    private final Runnable told;

    /**
     * A listener, which takes a thread and a connection.
     *
     * @param name   for the log
     * @param wanted whether it is to go on
     * @param told   is run whenever something was announced
     */
    public Announcements(String name, DataSource database, String channel, BooleanSupplier wanted, Runnable told) {
        this.name = name;
        this.database = database;
        this.channel = channel;
        this.wanted = wanted;
        this.told = told;
    }

    @Override
    public void run() {
        while (wanted.getAsBoolean()) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("listen " + channel);
                listenOn(connection.unwrap(PGConnection.class));
            } catch (SQLException e) {
                if (wanted.getAsBoolean()) {
                    log.warn("queue.listen.failed queue={} reason=\"{}\": polling instead", name, e.getMessage());
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                }
            }
        }
    }

    private void listenOn(PGConnection connection) throws SQLException {
        while (wanted.getAsBoolean()) {
            if (connection.getNotifications(LISTEN_MS).length > 0) {
                told.run();
            }
        }
    }
}
