package org.caravox.itests.services;

import java.util.Locale;

/** A server that {@link Services} has. */
public enum Service {
    POSTGRESQL(0),
    RABBITMQ(1),
    KAFKA(3);

    private final int offset;

    Service(int offset) {
        this.offset = offset;
    }

    /** Its name for {@code ./hub services}. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    int port(int base) {
        return base + offset;
    }
}
