package org.caravox.calls;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a caller: words, keys, or either.
 *
 * @param speech     whether words are taken
 * @param digits     how many keys are taken; 0 is none
 * @param finishOn   the key that ends them before; null is none
 * @param timeout    how long the first may take, once all was said to them
 * @param betweenDigits how long each of the others may take
 * @param language   of the words; null is the provider's own
 */
public record Gather(
        boolean speech,
        int digits,
        @Nullable Character finishOn,
        Duration timeout,
        Duration betweenDigits,
        @Nullable String language) {

    /**
     * What came of it.
     *
     * @param how    how it ended
     * @param speech what was said; empty when nothing was
     * @param digits which keys were pressed, without the last one when that finished it
     */
    public record Gathered(How how, String speech, String digits) {}

    /** How it ended. */
    public enum How {
        SPEECH,
        DIGITS,
        TIMEOUT;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
