package org.caravox.door.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveFault.Why;
import org.caravox.live.LiveSession;
import org.jspecify.annotations.Nullable;

/** A protocol whose session is open before its connection is. */
public abstract class SessionCodec implements LiveCodec, LiveClient {

    private final LiveSession session;
    private final ObjectMapper json;
    private final long after;
    private @Nullable LiveLine line;
    private boolean over;

    /** @param after the number of the last event that the client has; 0 when it is new */
    protected SessionCodec(LiveSession session, ObjectMapper json, long after) {
        this.session = session;
        this.json = json;
        this.after = after;
    }

    protected final LiveSession session() {
        return session;
    }

    /** Whether what the client sends still counts. */
    protected final boolean isOver() {
        return over;
    }

    @Override
    public final void opened(LiveLine open) {
        line = open;
        session.attach(this, after);
    }

    @Override
    public final void slow() {
        session.fail(new LiveFault(Why.SLOW_READER, "the client does not read what it is sent"));
    }

    @Override
    public final void closed() {
        over = true;
        if (line == null) {
            session.endUnlessAttached();
        } else {
            session.lost(this);
        }
    }

    @Override
    public final void pause() {
        line().pause();
    }

    @Override
    public final void resume() {
        line().resume();
    }

    /** Sends a message as JSON. */
    protected final void send(Object message) {
        try {
            line().text(json.writeValueAsString(message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("messages are always JSON", e);
        }
    }

    /** Ends the connection. */
    protected final void close(int code, String reason) {
        over = true;
        line().close(code, reason);
    }

    private LiveLine line() {
        LiveLine open = line;
        if (open == null) {
            throw new IllegalStateException("a codec is used before its connection is open");
        }
        return open;
    }

    /** The {@code type} of a message, which must be a JSON object; empty when it is none. */
    protected final Optional<String> type(String text) {
        try {
            JsonNode message = json.readTree(text);
            return message != null && message.path("type").isTextual()
                    ? Optional.of(message.get("type").textValue())
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
