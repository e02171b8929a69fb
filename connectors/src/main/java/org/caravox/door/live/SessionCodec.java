package org.caravox.door.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.caravox.audio.AudioIntake;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveFault.Why;
import org.caravox.live.LiveSession;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A protocol whose session is open before its connection is. What the client sends is done in its order, and no faster than
 * the session takes it: a message may hold minutes of audio, and what the hub has not decoded yet waits as it came.
 */
public abstract class SessionCodec implements LiveCodec, LiveClient {

    /** How much is decoded at once, in bytes of samples: a loop is shared by many streams. */
    private static final int AT_ONCE = 32 * 1024;

    private final LiveSession session;
    private final AudioIntake intake;
    private final Deque<Runnable> waiting = new ArrayDeque<>(1);
    private final ObjectMapper json;
    private final long after;
    private @Nullable LiveLine line;
    private boolean over;
    private boolean held;
    private boolean behind;
    private boolean scheduled;

    /**
     * A connection.
     *
     * @param intake makes samples of what the client sends
     * @param after  the number of the last event that the client has; 0 when it is new
     */
    protected SessionCodec(LiveSession session, AudioIntake intake, ObjectMapper json, long after) {
        this.session = session;
        this.intake = intake;
        this.json = json;
        this.after = after;
    }

    protected final LiveSession session() {
        return session;
    }

    /** The client sent a binary message, whose turn has come. */
    protected abstract void audio(byte[] bytes);

    /** The client sent a text message, whose turn has come. */
    protected abstract void message(String text);

    /** Has the session hear the next bytes of the client's audio. */
    protected final void hear(byte[] bytes) {
        intake.take(bytes);
    }

    @Override
    public final void binary(byte[] bytes) {
        inTurn(() -> audio(bytes));
    }

    @Override
    public final void text(String text) {
        inTurn(() -> message(text));
    }

    private void inTurn(Runnable what) {
        if (over) {
            return;
        }
        waiting.add(what);
        if (!behind) {
            work();
        }
    }

    private void work() {
        scheduled = false;
        boolean done = false;
        try {
            done = isDone();
        } catch (Refusal refusal) {
            over = true;
            session.fail(new LiveFault(Why.NOT_AUDIO, refusal.getMessage()));
        }
        if (over) {
            waiting.clear();
        } else if (done) {
            caughtUp();
        } else {
            fallBehind();
        }
    }

    /** Works off what waits, until the session holds it back or others are to have their turn; whether nothing is left. */
    private boolean isDone() {
        int made = 0;
        while (!held && !over && made < AT_ONCE) {
            byte[] samples = intake.next();
            if (samples.length > 0) {
                made += samples.length;
                session.hear(samples);
            } else if (waiting.isEmpty()) {
                return true;
            } else {
                waiting.remove().run();
            }
        }
        return false;
    }

    private void caughtUp() {
        if (behind) {
            behind = false;
            if (!held) {
                line().resume();
            }
        }
    }

    private void fallBehind() {
        if (!behind) {
            behind = true;
            line().pause();
        }
        workLater();
    }

    private void workLater() {
        if (!held && !scheduled) {
            scheduled = true;
            session.loop().execute(this::work);
        }
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
        inTurn(this::gone);
    }

    private void gone() {
        over = true;
        if (line == null) {
            session.endUnlessAttached();
        } else {
            session.lost(this);
        }
    }

    @Override
    public final void pause() {
        held = true;
        line().pause();
    }

    @Override
    public final void resume() {
        held = false;
        if (behind) {
            workLater();
        } else {
            line().resume();
        }
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
