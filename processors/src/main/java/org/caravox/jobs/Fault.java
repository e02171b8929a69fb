package org.caravox.jobs;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;

/** Whose doing a failure is: who has to mend it before a replay can help. */
public enum Fault {
    /** The recording, its address or what was asked for. */
    CALLER,
    /** The hub, its providers or their accounts. */
    HUB;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws Refusal INVALID, listing what is allowed
     */
    public static Fault of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("fault \"" + word + "\" is not known: use "
                        + Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "))));
    }
}
