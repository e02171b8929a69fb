package org.caravox.door.live;

import java.time.Duration;
import org.caravox.door.Parameters;
import org.jspecify.annotations.Nullable;

/** Query parameters that are milliseconds. */
public final class Milliseconds {

    private static final int LONGEST = 60_000;

    private Milliseconds() {}

    /** Up to a minute; null when it is not given. */
    public static @Nullable Duration of(Parameters given, String name, int least) {
        var value = given.integer(name, least, LONGEST);
        return value.isPresent() ? Duration.ofMillis(value.getAsInt()) : null;
    }

    /** Of the pause that ends an utterance: {@code false} is never, and zero; {@code true} is the provider's own, and null. */
    public static @Nullable Duration endpointing(Parameters given) {
        String value = given.one("endpointing");
        if (value != null && Parameters.isNo(value)) {
            return Duration.ZERO;
        }
        return value == null || Parameters.isYes(value) ? null : of(given, "endpointing", 0);
    }
}
