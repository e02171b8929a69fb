package org.caravox.door.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoop;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.caravox.door.Parameters;
import org.caravox.door.Problems;
import org.caravox.door.Told;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Caller;

/** {@code /stream}: the hub's own protocol, whose sessions outlive a lost connection. */
public final class StreamDoor implements LiveDoor {

    private static final String PATH = "/stream";
    private static final String SESSION = "session";
    private static final String AFTER = "after";
    private static final String ENCODING = "encoding";

    private final LiveOpener opener;
    private final StreamQuery queries;
    private final ObjectMapper json;
    private final Duration resumeWithin;

    /** @param resumeWithin how long a session waits for a client that lost its connection */
    public StreamDoor(LiveOpener opener, ObjectMapper json, Duration resumeWithin, Clock clock) {
        this.opener = opener;
        this.queries = new StreamQuery(json, clock);
        this.json = json;
        this.resumeWithin = resumeWithin;
    }

    @Override
    public boolean takes(String path) {
        return path.equals(PATH);
    }

    @Override
    public Opened open(LiveKnock knock) throws InterruptedException {
        Caller caller = knock.caller();
        Map<String, String[]> query = knock.http().getParameterMap();
        if (query.containsKey(SESSION)) {
            return resume(
                    caller.requireTenant(), new Parameters(query, Set.of(SESSION, AFTER, ENCODING)), knock.loop());
        }
        SentAudio sent = queries.audio(query);
        LiveRequest request = queries.read(knock.id(), caller, sent.heard(), query);
        LiveSession session = opener.open(request, knock.loop(), true);
        return new Opened(new StreamCodec(session, sent.intake(), json, resumeWithin), knock.loop(), Map.of());
    }

    private Opened resume(String tenant, Parameters given, EventLoop loop) {
        UUID id = RequestIds.parse(
                SESSION, Optional.ofNullable(given.one(SESSION)).orElse(""));
        int after = given.integer(AFTER, 0, Integer.MAX_VALUE / 10).orElse(0);
        String encoding = given.oneOf(ENCODING, StreamQuery.ENCODINGS);
        LiveSession session = opener.resume(tenant, id, loop)
                .filter(one -> one.request().door().equals(StreamQuery.DOOR))
                .orElseThrow(() -> Refusal.notFound("session " + id
                        + " cannot be resumed here: it has ended (then what was said is /transcripts/" + id
                        + "), its client was away for more than " + resumeWithin.toSeconds()
                        + " s, it lives on another hub, or its hub broke down: begin a new one"));
        SentAudio sent = SentAudio.again(encoding, session.request().audio());
        return new Opened(
                new StreamCodec(session, sent.intake(), json, resumeWithin, after),
                (EventLoop) session.loop(),
                Map.of());
    }

    @Override
    public Refused refused(UUID id, Told told, Optional<Throwable> failure) {
        return new Refused(
                told.status(),
                "application/problem+json",
                Map.of(),
                Problems.problem(told.status(), told.error(), id.toString()));
    }
}
