package org.caravox.door.deepgram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.caravox.door.Admission;
import org.caravox.door.Answers;
import org.caravox.door.Warnings;
import org.caravox.jobs.CallbackForm;
import org.caravox.transcription.DoorNotes;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** What callers of {@code POST /v1/listen} get, in the answer or at their callback. */
public final class ListenAnswers implements CallbackForm {

    /** The header that names the request, as in Deepgram's answers. */
    static final String REQUEST_ID = "dg-request-id";

    /** The header that names the API key to whoever is called back. */
    private static final String TOKEN = "dg-token";

    private final Answers answers;
    private final ObjectMapper json;
    private final ObjectReader notes;
    private final ObjectWriter bodies;

    public ListenAnswers(Answers answers, ObjectMapper json) {
        this.answers = answers;
        this.json = json;
        this.notes = json.readerFor(ListenNotes.class);
        this.bodies = json.writerFor(ListenBody.class);
    }

    /** 200 with the transcript, which has been stored. */
    public void transcript(Exchange exchange) throws IOException, InvalidPayloadException {
        Transcript made = exchange.getMessage().getMandatoryBody(Transcript.class);
        TranscriptionRequest request = exchange.getProperty(ListenIntake.REQUEST, TranscriptionRequest.class);
        answers.count(exchange, made);
        ListenNotes kept = notes(request);
        Message message = exchange.getMessage();
        message.setHeader(REQUEST_ID, made.id().toString());
        Warnings.tell(message, ListenBody.sentences(made, kept));
        Answers.write(exchange, 200, bodies.writeValueAsBytes(ListenBody.of(request, made, kept)));
    }

    /** 200 with the request's id: the transcript goes to the callback. */
    public void accepted(Exchange exchange) throws IOException {
        String id = exchange.getProperty(Admission.REQUEST_ID, UUID.class).toString();
        exchange.getMessage().setHeader(REQUEST_ID, id);
        Answers.write(json, exchange, 200, Map.of("request_id", id));
    }

    @Override
    public String name() {
        return ListenNotes.FORM;
    }

    @Override
    public CallbackForm.Call call(
            TranscriptionRequest request, @Nullable Transcript transcript, @Nullable String error) {
        try {
            ListenNotes kept = notes(request);
            String body = transcript != null
                    ? bodies.writeValueAsString(ListenBody.of(request, transcript, kept))
                    : json.writeValueAsString(new DeepgramErrors.Failure(
                            "Bad Request",
                            error == null ? "the job was cancelled" : error,
                            request.id().toString()));
            return new CallbackForm.Call(
                    kept.method(),
                    Map.of(TOKEN, kept.keyId(), REQUEST_ID, request.id().toString()),
                    body);
        } catch (IOException e) {
            throw new IllegalStateException("a transcript is always JSON", e);
        }
    }

    private ListenNotes notes(TranscriptionRequest request) throws IOException {
        DoorNotes door = request.door();
        if (door == null) {
            throw new IllegalStateException("request " + request.id() + " did not come in at this door");
        }
        return read(door.notes());
    }

    private ListenNotes read(JsonNode kept) throws IOException {
        try {
            return notes.readValue(kept);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the notes of this door cannot be read", e);
        }
    }
}
