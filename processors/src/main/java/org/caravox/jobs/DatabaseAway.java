package org.caravox.jobs;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/** Whether a failure is the database's being away for a while, and not the statement's doing. */
public final class DatabaseAway {

    private DatabaseAway() {}

    /**
     * Also when who asked for a connection was called off before there was one. By the classes of PostgreSQL's error codes (appendix A of its manual): 08 connection, 25006 a standby that takes
     * no changes, 40 rolled back to be tried again, 53 out of resources, 57P shut down or starting.
     */
    public static boolean is(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return is(sql) || sql.getCause() instanceof InterruptedException;
            }
        }
        return false;
    }

    private static boolean is(SQLException sql) {
        String state = sql.getSQLState() == null ? "" : sql.getSQLState();
        return sql instanceof SQLTransientException
                || sql instanceof SQLRecoverableException
                || state.startsWith("08")
                || state.equals("25006")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P");
    }
}
