package org.caravox.fakes.receivers;

import java.util.Locale;

/** How an endpoint behaves. */
public enum Kind {
    /** Thanks. */
    WELL,
    /** Answers 500. */
    FAILING,
    /** Answers after a long time. */
    SLOW,
    /** Closes the connection instead of an answer. */
    CLOSING,
    /** Sends whoever comes to the endpoint {@code redirected} on this machine, which is well. */
    REDIRECTING,
    /** Answers 100 MB. */
    HUGE,
    /** Answers 410. */
    GONE,
    /** Asks for a token that is not the first one, which it hands out at {@code NAME/token}. */
    GUARDED;

    /** The path of an endpoint that behaves so. */
    public String path(String name) {
        return "/" + name().toLowerCase(Locale.ROOT) + "/" + name;
    }

    static Kind of(String path) {
        return valueOf(path.split("/", 3)[1].toUpperCase(Locale.ROOT));
    }
}
