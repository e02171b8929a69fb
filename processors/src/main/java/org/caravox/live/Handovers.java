package org.caravox.live;

import java.util.Optional;
import java.util.UUID;

/** Where hubs leave sessions for each other. These calls block. */
public interface Handovers {

    /**
     * Leaves one.
     *
     * @throws RuntimeException when that was not possible
     */
    void keep(LiveHandover handover);

    /** Takes a session of a tenant, once; empty when there is none, or its client comes too late. */
    Optional<LiveHandover> claim(String tenant, UUID id);
}
