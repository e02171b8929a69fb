package org.caravox.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change that somebody made.
 *
 * @param tenant  whose things were changed; null: nobody's in particular
 * @param actor   the id of the API key with which it was made, or {@link #HUB}
 * @param admin   whether an operator made it, or the hub itself
 * @param name    what was done, like {@code webhook.created}
 * @param subject what was changed: its id or name; null when it is many things
 * @param details what it was changed to, without secrets
 */
public record Act(
        @Nullable String tenant,
        String actor,
        boolean admin,
        String name,
        @Nullable String subject,
        Map<String, ?> details) {

    /** The actor of what a hub does by itself, as it starts. */
    public static final String HUB = "hub";

    /** Who operates the hub, as tenants are told. */
    public static final String ADMIN = "admin";

    /** Copies the details. */
    public Act {
        details = Map.copyOf(details);
    }
}
