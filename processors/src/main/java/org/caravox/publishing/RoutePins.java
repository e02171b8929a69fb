package org.caravox.publishing;

import org.jspecify.annotations.Nullable;

/** Holds sessions, like calls and live streams, on the version of the routes that they began on. */
public interface RoutePins {

    /** The exchange property that holds the version that an exchange is on: a {@link Pin}, or what came of one. */
    String PROPERTY = "routesInForce";

    /** A hold on a version; it stays loaded until this is closed. */
    interface Pin extends AutoCloseable {

        /** Which. */
        long version();

        /** Lets go; once is enough. */
        @Override
        void close();
    }

    /**
     * Holds the version that new work gets.
     *
     * @param tenant whose session it is; null when it is nobody's
     */
    Pin pin(@Nullable String tenant);
}
