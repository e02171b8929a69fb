package org.caravox.door.deepgram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.caravox.door.Admission;
import org.caravox.door.StreamedAnswer;
import org.caravox.door.Warnings;
import org.caravox.providers.Answered;
import org.caravox.speech.Spoken;

/** What callers of {@code POST /v1/speak} get: audio, as it is being spoken. */
public final class SpeakAnswers {

    /** Sends the audio piece by piece; one that breaks off cuts the connection. */
    public void stream(Exchange exchange) throws IOException {
        Answered<?> answered = exchange.getMessage().getBody(Answered.class);
        if (!(answered.value() instanceof Spoken spoken)) {
            throw new IllegalStateException("nobody has spoken in route " + exchange.getFromRouteId());
        }
        try (spoken) {
            Message message = exchange.getMessage();
            message.setHeader(
                    ListenAnswers.REQUEST_ID,
                    exchange.getProperty(Admission.REQUEST_ID, UUID.class).toString());
            message.setHeader("dg-model-name", answered.model());
            Warnings.tell(message, warnings(exchange, answered));
            StreamedAnswer.begin(exchange, 200, spoken.format().mediaType()).pour(spoken.audio());
        }
    }

    private static List<String> warnings(Exchange exchange, Answered<?> answered) {
        List<String> warnings = new ArrayList<>(answered.warnings());
        List<?> own = exchange.getProperty(SpeakIntake.WARNINGS, List.of(), List.class);
        own.forEach(warning -> warnings.add(warning.toString()));
        return warnings;
    }
}
