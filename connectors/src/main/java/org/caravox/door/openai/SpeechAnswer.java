package org.caravox.door.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.door.Callers;
import org.caravox.door.StreamedAnswer;
import org.caravox.door.Warnings;
import org.caravox.providers.Answered;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.Spoken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers of {@code POST /v1/audio/speech} get: the audio as it is spoken, bare or in events. */
public final class SpeechAnswer implements Processor {

    /** A piece of audio, in Base64. */
    record Delta(String type, String audio) {}

    /** The end of the audio. */
    record Done(String type, Usage usage) {}

    /** What it cost: OpenAI's clients expect it, but voices count no tokens, so all is 0. */
    record Usage(
            @JsonProperty("input_tokens") long input,
            @JsonProperty("output_tokens") long output,
            @JsonProperty("total_tokens") long total) {}

    private static final Logger log = LoggerFactory.getLogger(SpeechAnswer.class);
    private static final int EVENT_BYTES = 8 * 1024;

    private final ObjectMapper json;

    public SpeechAnswer(ObjectMapper json) {
        this.json = json;
    }

    /**
     * 200 with the audio. A failure in its midst cuts the connection, or is told in an event.
     *
     * @throws Refusal CALLER_GONE
     */
    @Override
    public void process(Exchange exchange) throws IOException {
        Answered<?> answered = exchange.getMessage().getBody(Answered.class);
        Warnings.tell(exchange.getMessage(), answered.warnings());
        try (Spoken spoken = (Spoken) answered.value()) {
            if (Boolean.TRUE.equals(exchange.getProperty(SpeechIntake.IN_EVENTS))) {
                inEvents(spoken, EventStream.begin(exchange, json));
            } else {
                bare(spoken, exchange);
            }
        }
    }

    private static void bare(Spoken spoken, Exchange exchange) throws IOException {
        AudioForm form = exchange.getProperty(SpeechIntake.FORM, AudioForm.class);
        if (!StreamedAnswer.begin(exchange, 200, form.mediaType()).pour(spoken.audio())) {
            exchange.getProperty(Callers.PATIENCE, Patience.class).hangUp().hangUp();
        }
    }

    private static void inEvents(Spoken spoken, EventStream events) {
        byte[] buffer = new byte[EVENT_BYTES];
        Base64.Encoder base64 = Base64.getEncoder();
        InputStream audio = spoken.audio();
        try {
            for (int count = audio.read(buffer); count >= 0; count = audio.read(buffer)) {
                events.send(new Delta("speech.audio.delta", base64.encodeToString(Arrays.copyOf(buffer, count))));
            }
        } catch (Refusal gone) {
            throw gone;
        } catch (IOException | RuntimeException e) {
            log.warn("answer.broken-off provider={} reason=\"{}\"", spoken.provider(), e.getMessage());
            events.send(OpenAiErrors.brokenOff());
            return;
        }
        events.send(new Done("speech.audio.done", new Usage(0, 0, 0)));
        events.done();
    }
}
