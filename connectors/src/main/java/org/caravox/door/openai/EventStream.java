package org.caravox.door.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.caravox.door.Callers;
import org.caravox.door.StreamedAnswer;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;

/** An answer in events (the WHATWG's server-sent events), each of them JSON, as OpenAI's clients read it. */
final class EventStream {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int USUAL_EVENT_BYTES = 512;

    private final StreamedAnswer answer;
    private final Patience patience;
    private final ObjectMapper json;
    private final ByteArrayOutputStream event = new ByteArrayOutputStream(USUAL_EVENT_BYTES);

    private EventStream(StreamedAnswer answer, Patience patience, ObjectMapper json) {
        this.answer = answer;
        this.patience = patience;
        this.json = json;
    }

    /**
     * Sends status and headers.
     *
     * @throws Refusal CALLER_GONE
     */
    static EventStream begin(Exchange exchange, ObjectMapper json) {
        Patience patience = exchange.getProperty(Callers.PATIENCE, Patience.class);
        exchange.getMessage().setHeader("Cache-Control", "no-cache");
        try {
            return new EventStream(
                    StreamedAnswer.begin(exchange, 200, "text/event-stream;charset=utf-8"), patience, json);
        } catch (IOException e) {
            throw gone(patience, e);
        }
    }

    /**
     * Sends an event, now.
     *
     * @throws Refusal CALLER_GONE; whoever works for the caller has been told
     */
    void send(Object content) {
        event.reset();
        event.writeBytes(DATA);
        try {
            json.writeValue(event, content);
        } catch (IOException e) {
            throw new IllegalStateException("an event is always JSON", e);
        }
        event.writeBytes(END);
        write(event.toByteArray());
    }

    /** Says that this was all. */
    void done() {
        write(DONE);
    }

    private void write(byte[] bytes) {
        try {
            answer.write(bytes);
        } catch (IOException e) {
            throw gone(patience, e);
        }
    }

    private static Refusal gone(Patience patience, IOException cause) {
        patience.hangUp().hangUp();
        return new Refusal(Refusal.Reason.CALLER_GONE, "the caller hung up", null, cause);
    }
}
