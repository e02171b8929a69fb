package org.caravox.deliveries;

import java.util.Locale;

/** What was in the way of an attempt to deliver. */
public enum Fault {
    /** The host's name is not known. */
    DNS,
    /** The host is in a network that may not be called. */
    ADDRESS,
    /** No connection could be made, or it broke off. */
    CONNECTION,
    /** Its certificate cannot be trusted, or it speaks no TLS. */
    TLS,
    /** It did not answer in time. */
    TIMEOUT,
    /** It answered with another status than 2xx. */
    STATUS,
    /** Our credentials for it do not work. */
    AUTH,
    /** The event cannot be put into its form. */
    MAPPING,
    /** The hub's own. */
    HUB;

    /** As it is stored and shown. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
