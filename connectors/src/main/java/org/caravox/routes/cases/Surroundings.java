package org.caravox.routes.cases;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What cases have of the hub.
 *
 * @param beans    those that may run in them, because they only decide or write answers, by name
 * @param settings what {@code {{placeholders}}} stand for, by name; null for none of that name
 * @param within   how long a case may take
 */
public record Surroundings(Map<String, Object> beans, Function<String, @Nullable String> settings, Duration within) {

    /** Copies the beans. */
    public Surroundings {
        beans = Map.copyOf(beans);
    }
}
