package org.caravox.routes;

import java.util.Set;
import org.caravox.routes.RoutePlan.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A route as it was loaded, from the first version that had it like this on.
 *
 * @param key           of what it was made from
 * @param entry         the name by which {@code direct:} finds its steps
 * @param stepsId       the id of its steps in the running context
 * @param door          the unit, when its work comes from outside; null when others send to it
 * @param kamelets      the Kamelets that were loaded for it, by their names in the running context
 * @param configuration the route configuration in the running context; null for none
 */
record Generation(
        String key,
        String entry,
        String stepsId,
        @Nullable Unit door,
        Set<String> kamelets,
        @Nullable String configuration) {}
