package org.caravox.providers;

import java.util.Set;

/**
 * Whom of a chain a request is carried to.
 *
 * @param last  providers that are asked only when nobody else answers
 * @param never providers that are not asked
 */
public record Asked(Set<String> last, Set<String> never) {

    /** Everybody, in the chain's own order. */
    public static final Asked ALL = new Asked(Set.of(), Set.of());

    public Asked {
        last = Set.copyOf(last);
        never = Set.copyOf(never);
    }

    /** Everybody, these after the others. */
    public static Asked lastOf(Set<String> last) {
        return new Asked(last, Set.of());
    }

    /** Everybody but these. */
    public static Asked without(Set<String> never) {
        return new Asked(Set.of(), never);
    }
}
