package org.caravox.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.door.Admission;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.door.JsonBody;
import org.caravox.speech.SpeechRequest;

/** Reads what a caller of {@code POST /v1/audio/speech} sends: the body becomes a {@link SpeechRequest}. */
public final class SpeechIntake implements Processor {

    /** The exchange property that holds the {@link AudioForm}. */
    static final String FORM = "audioForm";

    /** The exchange property that says whether the audio is wanted in events. */
    static final String IN_EVENTS = "audioInEvents";

    private static final Set<String> KNOWN =
            Set.of("model", "input", "voice", "response_format", "speed", "instructions", "stream_format", "language");
    private static final int LONGEST_INPUT = 4096;
    private static final int LONGEST_NAME = 256;

    private final ObjectReader json;
    private final Duration deadline;
    private final Clock clock;

    /** @param deadline how long a caller waits at most */
    public SpeechIntake(ObjectMapper json, Duration deadline, Clock clock) {
        this.json = JsonBody.reader(json);
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        Body body = Body.read(BodyOnDemand.request(exchange), json);
        body.checkKnown(KNOWN);
        String model = body.requiredText("model", LONGEST_NAME);
        String input = body.requiredText("input", LONGEST_INPUT);
        String format = body.text("response_format", LONGEST_NAME);
        AudioForm form = format == null ? AudioForm.MP3 : AudioForm.of(format);
        exchange.setProperty(FORM, form);
        exchange.setProperty(IN_EVENTS, inEvents(body));
        exchange.setProperty(Callers.PATIENCE, Callers.patience(exchange, deadline, clock));
        exchange.getMessage()
                .setBody(new SpeechRequest(
                        exchange.getProperty(Admission.REQUEST_ID, UUID.class),
                        tenant,
                        null,
                        model,
                        voice(body),
                        input,
                        body.text("language", LONGEST_NAME),
                        body.number("speed", 0.25, 4),
                        body.text("instructions", LONGEST_INPUT),
                        form.format()));
    }

    /** A name, or an object with the {@code id} of a voice that the caller made. */
    private static String voice(Body body) {
        JsonNode voice = body.find("voice");
        if (voice == null) {
            throw WrongField.missing("voice");
        }
        JsonNode name = voice.isObject() ? voice.path("id") : voice;
        if (!name.isTextual() || name.textValue().isBlank() || name.textValue().length() > LONGEST_NAME) {
            throw new WrongField("voice", "voice must be a name, or an object with the id of a voice");
        }
        return name.textValue();
    }

    private static boolean inEvents(Body body) {
        String format = body.text("stream_format", LONGEST_NAME);
        if (format == null || format.equals("audio")) {
            return false;
        }
        if (!format.equals("sse")) {
            throw new WrongField("stream_format", "stream_format must be audio or sse");
        }
        return true;
    }
}
