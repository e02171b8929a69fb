package org.caravox.live.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import org.caravox.live.LiveEar;
import org.caravox.live.utterances.Turns;
import org.caravox.providers.AnswerFields;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets;
import org.caravox.providers.SocketFailures;
import org.jspecify.annotations.Nullable;

/**
 * One channel on one connection. What is said is sent as it is said and committed at its end, which makes an item of it;
 * items are transcribed in any order and told in their own. Silence is not sent.
 */
final class OpenAiChannel implements ProviderSockets.Listener, Turns.Listener {

    private static final int BYTES_PER_SECOND = 2 * OpenAiLive.SAMPLE_RATE_HZ;

    /** An item must have a tenth of a second; nor is less sent at a time while there is more to come. */
    private static final int LEAST_BYTES = BYTES_PER_SECOND / 10;

    /** From here on an item ends between two words, as a session does not wait for settled words for ever. */
    private static final double LONG_SECONDS = 12;

    private static final double BETWEEN_WORDS_SECONDS = 0.1;

    /** Codes from here on are not those of the protocol (RFC 6455 §7.4.2). */
    private static final int FIRST_OWN_CODE = 3000;

    private static final String COMMIT = "{\"type\":\"input_audio_buffer.commit\"}";
    private static final String TRANSCRIPTION = "conversation.item.input_audio_transcription.";

    private final int number;
    private final String session;
    private final LiveEar ear;
    private final ObjectMapper json;
    private final AnswerFields fields;
    private final SocketFailures failures;
    private final Turns turns;
    private final Deque<Item> items = new ArrayDeque<>();
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

    private @Nullable ProviderSocket socket;
    private @Nullable Item open;
    private int openBytes;
    private boolean ending;
    private boolean over;

    /**
     * Makes one.
     *
     * @param session what the connection begins with
     * @param pause   how long a pause ends an utterance; null is 0.7 s; zero is never
     */
    OpenAiChannel(
            String provider, int number, String session, @Nullable Duration pause, LiveEar ear, ObjectMapper json) {
        this.number = number;
        this.session = session;
        this.ear = ear;
        this.json = json;
        this.fields = new AnswerFields(provider);
        this.failures = new SocketFailures(provider);
        this.turns = new Turns(OpenAiLive.SAMPLE_RATE_HZ, pause, this);
    }

    // ---- what the session does
    // ----------------------------------------------------------------------------------------

    void hear(byte[] pcm) {
        if (over) {
            return;
        }
        turns.hear(pcm);
        boolean isLong = openBytes >= LONG_SECONDS * BYTES_PER_SECOND;
        if (isLong && turns.quietFor() >= BETWEEN_WORDS_SECONDS) {
            commit(false, false);
        }
        Item first = items.peek();
        if (first == null) {
            ear.reached(number, turns.quietUntil());
        } else if (!first.isCommitted()) {
            ear.reached(number, first.start()); // nothing is owed yet
        }
    }

    @Override
    public void said(double at, byte[] frame) {
        if (open == null) {
            open = new Item(number, at);
            items.add(open);
        }
        openBytes += frame.length;
        unsent.writeBytes(frame);
        if (unsent.size() >= LEAST_BYTES) {
            send();
        }
    }

    @Override
    public void paused() {
        commit(true, false);
    }

    private void send() {
        say("{\"type\":\"input_audio_buffer.append\",\"audio\":\""
                + Base64.getEncoder().encodeToString(unsent.toByteArray()) + "\"}");
        unsent.reset();
    }

    private void commit(boolean endpoint, boolean asked) {
        Item item = open;
        if (item == null) {
            return;
        }
        item.commit(item.start() + (double) openBytes / BYTES_PER_SECOND, endpoint, asked);
        if (openBytes < LEAST_BYTES) {
            unsent.writeBytes(new byte[LEAST_BYTES - openBytes]);
        }
        if (unsent.size() > 0) {
            send();
        }
        say(COMMIT);
        open = null;
        openBytes = 0;
    }

    boolean isFull() {
        ProviderSocket connection = socket;
        return connection != null && connection.isFull();
    }

    /** Settles what was said so far. */
    void settle() {
        settle(false, true);
    }

    void end() {
        ending = true;
        settle(true, false);
    }

    private void settle(boolean endpoint, boolean asked) {
        if (over) {
            return;
        }
        turns.settle();
        if (open == null) {
            items.add(Item.silence(number, turns.quietUntil(), turns.heard(), endpoint, asked));
        } else {
            commit(endpoint, asked);
        }
        tell();
    }

    private void say(String message) {
        ProviderSocket connection = socket;
        if (connection != null) {
            connection.send(message);
        }
    }

    void abort() {
        ProviderSocket connection = socket;
        socket = null;
        over = true;
        items.clear();
        if (connection != null) {
            connection.close();
        }
    }

    // ---- what the provider does
    // ---------------------------------------------------------------------------------------

    @Override
    public void opened(ProviderSocket connection) {
        if (over) {
            connection.abort();
            return;
        }
        socket = connection;
        connection.send(session);
    }

    @Override
    public void text(String message) {
        if (over) {
            return;
        }
        try {
            told(json.readTree(message));
        } catch (IOException e) {
            failed(fields.garbage("told what is no JSON"));
        } catch (ProviderFailure e) {
            failed(e);
        }
    }

    private void told(JsonNode event) {
        switch (fields.text(event, "type")) {
            case "input_audio_buffer.committed" -> item(event);
            case TRANSCRIPTION + "delta" -> delta(event);
            case TRANSCRIPTION + "completed" -> completed(event);
            case TRANSCRIPTION + "failed", "error" -> failed(failure(event.path("error")));
            default -> {} // what was not asked for
        }
    }

    /** The item that an event is about: they get their names in their order. */
    private Optional<Item> item(JsonNode event) {
        String id = fields.text(event, "item_id");
        return items.stream().filter(item -> item.is(id)).findFirst();
    }

    private void delta(JsonNode event) {
        item(event).ifPresent(item -> {
            item.add(event.path("delta").asText());
            if (item.equals(items.peek())) {
                ear.heard(item.phrase(turns.heard()));
            }
        });
    }

    private void completed(JsonNode event) {
        String transcript = fields.text(event, "transcript");
        item(event).ifPresent(item -> item.transcribed(transcript));
        tell();
    }

    private void tell() {
        Item first = items.peek();
        while (first != null && first.isTranscribed()) {
            items.remove();
            ear.heard(first.phrase(turns.heard()));
            first = items.peek();
        }
        if (ending && items.isEmpty() && !over) {
            abort();
            ear.ended();
        }
    }

    private ProviderFailure failure(JsonNode error) {
        return error.path("code").asText().equals("session_expired") // after an hour
                ? failures.busy(Cause.BROKEN_OFF, "ended the session: it has lasted as long as one may")
                : ErrorAnswer.within(fields.provider(), error).failure();
    }

    @Override
    public void binary(byte[] message) {
        if (!over) {
            failed(fields.garbage("sent binary messages"));
        }
    }

    @Override
    public void writable() {
        if (!over) {
            ear.ready();
        }
    }

    @Override
    public void closed(int code, String reason) {
        if (!over) {
            failed(
                    code >= FIRST_OWN_CODE // the reason is that of an error then
                            ? failure(json.createObjectNode().put("code", reason))
                            : failures.busy(Cause.BROKEN_OFF, SocketFailures.closed(code, reason)));
        }
    }

    @Override
    public void broken(IOException why) {
        if (!over) {
            failed(failures.broken(why));
        }
    }

    private void failed(ProviderFailure failure) {
        abort();
        ear.failed(failure);
    }
}
