package org.caravox.publishing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.caravox.publishing.RoutePins.Pin;
import org.jspecify.annotations.Nullable;

/** The versions of the routes that the sessions of this hub are on, by the ids of calls and streams. */
public final class SessionPins {

    /** Longer than any session: one whose end was never told does not hold its version for good. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private final RoutePins routes;
    private final Cache<UUID, Pin> pins = Caffeine.newBuilder()
            .expireAfterWrite(LONGEST)
            .removalListener((id, pin, why) -> Objects.requireNonNull((Pin) pin).close())
            .executor(Runnable::run)
            .build();

    public SessionPins(RoutePins routes) {
        this.routes = routes;
    }

    /** A session begins. */
    public Pin begin(UUID session, String tenant) {
        Pin pin = routes.pin(tenant);
        pins.put(session, pin);
        return pin;
    }

    /** The version that a session began on; null when it did not begin here. */
    public @Nullable Pin of(UUID session) {
        return pins.getIfPresent(session);
    }

    /** A session has ended. */
    public void end(UUID session) {
        pins.invalidate(session);
    }
}
