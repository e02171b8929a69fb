package org.caravox.jobs;

import java.util.Locale;

/** What carries messages. */
public enum Broker {
    RABBITMQ,
    KAFKA;

    /** As tables and messages have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its word. */
    public static Broker of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
