package org.caravox.door.live;

import java.util.Set;
import java.util.UUID;
import org.caravox.live.LiveSessions;
import org.caravox.tenants.Tenants;

/** Ends streams whose API keys are revoked. */
public final class RevokedKeys {

    private final LiveSessions sessions;
    private final Tenants tenants;

    public RevokedKeys(LiveSessions sessions, Tenants tenants) {
        this.sessions = sessions;
        this.tenants = tenants;
    }

    /** Looks at all that are live. */
    public void close() {
        Set<UUID> used = sessions.keys();
        if (!used.isEmpty()) {
            Set<UUID> valid = tenants.valid(used);
            sessions.closeRevoked(key -> !used.contains(key) || valid.contains(key));
        }
    }
}
