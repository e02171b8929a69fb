package org.caravox.door.live;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.live.LiveSessions;
import org.caravox.requests.Refusal;

/** Opens sessions for doors that answer a handshake only when somebody listens. */
public final class LiveOpener {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final LiveSessions sessions;
    private final Duration within;

    /** @param within how long the opening of a provider may take */
    public LiveOpener(LiveSessions sessions, Duration within) {
        this.sessions = sessions;
        this.within = within;
    }

    /**
     * Opens a session, and waits until a provider listens.
     *
     * @throws Refusal when the stream is not to begin; whatever else the chain throws, when nobody listens
     */
    public LiveSession open(LiveRequest request, ScheduledExecutorService loop, boolean resumable)
            throws InterruptedException {
        CompletableFuture<LiveSession> opening = sessions.open(request, loop, resumable);
        try {
            return opening.get(within.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw new IllegalStateException("the stream could not be opened", e.getCause());
        } catch (TimeoutException e) {
            giveUp(opening);
            throw new Refusal(Refusal.Reason.TOO_SLOW, "no provider listened in time, try again", null, e);
        } catch (InterruptedException e) {
            giveUp(opening);
            throw e;
        }
    }

    /** Nobody is to be asked any more; who listens just now has come too late. */
    private static void giveUp(CompletableFuture<LiveSession> opening) {
        if (!opening.cancel(false)) {
            var unused = opening.thenAccept(LiveSession::end);
        }
    }

    /**
     * A session of a tenant, which its client takes up again: of this hub, or of one that has stopped.
     *
     * @param loop where it is to live, unless it lives on this hub already
     */
    public Optional<LiveSession> resume(String tenant, UUID id, ScheduledExecutorService loop) {
        return sessions.resume(tenant, id, loop);
    }
}
