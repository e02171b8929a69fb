package org.caravox.door.live;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.door.Told;

/** A protocol by which audio comes in over a WebSocket. */
public interface LiveDoor {

    /**
     * A connection that may be made.
     *
     * @param codec   its protocol
     * @param loop    where it lives
     * @param headers what its handshake is answered with besides
     */
    record Opened(LiveCodec codec, EventLoop loop, Map<String, String> headers) {}

    /**
     * The answer to a handshake that is refused.
     *
     * @param status  the HTTP status
     * @param type    the body's media type
     * @param headers those that this door has besides
     * @param body    to be written as JSON
     */
    record Refused(int status, String type, Map<String, String> headers, Object body) {}

    /** Whether handshakes at a path come in by this door. */
    boolean takes(String path);

    /**
     * Lets a client in. Called on a thread that may wait.
     *
     * @throws org.caravox.requests.Refusal when it is not to come in; whatever else a chain throws, when nobody hears it
     */
    Opened open(LiveKnock knock) throws InterruptedException;

    /** What a client is told that is not let in. */
    Refused refused(UUID id, Told told, Optional<Throwable> failure);
}
