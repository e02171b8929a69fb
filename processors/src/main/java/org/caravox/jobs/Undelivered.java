package org.caravox.jobs;

import java.util.Map;

/** Some of a batch could not be delivered where they were to go; the others have arrived. */
public final class Undelivered extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Map<Long, String> reasons;

    /** @param reasons by {@link Outgoing#seq()} */
    public Undelivered(Map<Long, String> reasons) {
        super(reasons.size() + " could not be delivered");
        this.reasons = Map.copyOf(reasons);
    }

    /** Why, by {@link Outgoing#seq()}. */
    public Map<Long, String> reasons() {
        return reasons;
    }
}
