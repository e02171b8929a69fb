package org.caravox.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session that is live, as lists show it.
 *
 * @param id        the session's and its transcript's
 * @param tenant    whose it is
 * @param userId    the tenant's own user
 * @param door      where it came in
 * @param provider  who listens now; null between two
 * @param startedAt when it began
 * @param seconds   of audio so far
 * @param failOvers how often another provider took over
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LiveStanding(
        UUID id,
        String tenant,
        String userId,
        String door,
        @Nullable String provider,
        Instant startedAt,
        double seconds,
        int failOvers) {

    static LiveStanding of(LiveSession session) {
        LiveRequest request = session.request();
        return new LiveStanding(
                request.id(),
                request.tenant(),
                request.userId(),
                request.door(),
                session.provider().orElse(null),
                request.receivedAt(),
                session.heard().toMillis() / 1000.0,
                session.failOvers());
    }
}
