package org.caravox.agents;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it is kept, without its turns.
 *
 * @param id        that of the call
 * @param tenant    whose it is
 * @param agent     by its name
 * @param caller    whom the agent talks to
 * @param userId    the tenant's own user
 * @param door      where the call came in
 * @param startedAt when the agent took the call
 * @param endedAt   null while it goes on
 * @param how       how it ended; null while it goes on
 */
public record ConversationRecord(
        UUID id,
        String tenant,
        String agent,
        String caller,
        String userId,
        String door,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String how) {}
