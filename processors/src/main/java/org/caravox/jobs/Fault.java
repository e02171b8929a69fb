package org.caravox.jobs;

import java.util.Locale;

/** Whose doing a failure is: who has to mend it before a replay can help. */
public enum Fault {
    /** The recording, its address or what was asked for. */
    CALLER,
    /** The hub, its providers or their accounts. */
    HUB;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
