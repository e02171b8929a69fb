package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Examiner;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a caller of {@code POST /transcribe} sends, as JSON with an address, as a form with a file, or as the bare
 * recording: the body becomes a {@link TranscriptionRequest}, and an uploaded recording is on disk and examined. Sets
 * the exchange properties {@code listening} and {@code fingerprint}. A request for a live stream needs no recording.
 */
public final class RecordingIntake implements Processor {

    /** Set on exchanges that ask for a transcript. */
    public static final String COUNTED = "transcriptionRequest";

    static final String FINGERPRINT = "fingerprint";
    /** The exchange property that holds the circumstances of a transcription. */
    public static final String LISTENING = "listening";

    private final AudioStore audio;
    private final RecordingForm form;
    private final Examiner examiner;
    private final RequestFields fields;
    private final ObjectMapper json;
    private final Duration arriveWithin;
    private final Duration deadline;
    private final Clock clock;

    /**
     * The intake.
     *
     * @param arriveWithin how long an upload may take
     * @param deadline     how long its caller waits at most from then on
     */
    public RecordingIntake(
            AudioStore audio,
            RecordingForm form,
            Examiner examiner,
            RequestFields fields,
            ObjectMapper json,
            Duration arriveWithin,
            Duration deadline,
            Clock clock) {
        this.audio = audio;
        this.form = form;
        this.examiner = examiner;
        this.fields = fields;
        this.json = json;
        this.arriveWithin = arriveWithin;
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException, InterruptedException {
        exchange.setProperty(COUNTED, true);
        String tenant = Callers.tenant(exchange);
        UUID id = exchange.getProperty(Admission.REQUEST_ID, UUID.class);
        form.dropAfterwards(exchange);
        Deadline until = Deadline.in(arriveWithin, clock);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        String type = mediaType(http.getContentType());
        Arrived arrived = arrive(http, type, id, until);
        TranscriptionRequest request = request(id, tenant, arrived);
        exchange.setProperty(LISTENING, Listening.forCaller(Callers.patience(exchange, deadline, clock)));
        exchange.setProperty(FINGERPRINT, fingerprint(arrived));
        exchange.getMessage().setBody(request);
    }

    /** What came in: the named values and, of an upload, the stored recording. */
    private record Arrived(Map<String, JsonNode> fields, AudioStore.@Nullable Stored recording) {}

    private Arrived arrive(HttpServletRequest http, String type, UUID id, Deadline until) throws IOException {
        boolean form = type.startsWith("multipart/");
        if (!form && !type.equals("application/json")) {
            return bare(http, id, until);
        }
        if (!http.getParameterMap().isEmpty()) {
            throw Refusal.invalid(
                    "the fields of a " + (form ? "form" : "JSON body") + " go into it, not into the address: "
                            + Query.fields(http).keySet().stream()
                                    .map(Fields::printable)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        return form ? form(http, id, until) : new Arrived(JsonBody.fields(http, json), null);
    }

    private static String mediaType(@Nullable String contentType) {
        return contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private Arrived form(HttpServletRequest http, UUID id, Deadline until) throws IOException {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        AudioStore.Stored recording = form.read(http, id, until, (name, value) -> put(fields, name, value))
                .orElse(null);
        if (recording == null && !isStream(fields)) {
            throw Refusal.invalid("the form has no part \"file\": send the recording as -F file=@recording.wav");
        }
        return new Arrived(fields, recording);
    }

    private static boolean isStream(Map<String, JsonNode> fields) {
        JsonNode mode = fields.get("mode");
        return mode != null && mode.asText().equals(Mode.STREAM.word());
    }

    private static void put(Map<String, JsonNode> fields, String name, String value) {
        if (fields.put(name, TextNode.valueOf(value)) != null) {
            throw Refusal.invalid(Fields.printable(name) + " is given twice");
        }
    }

    private Arrived bare(HttpServletRequest http, UUID id, Deadline until) throws IOException {
        audio.checkSize(http.getContentLengthLong());
        Map<String, JsonNode> fields = Query.fields(http);
        Fields.checkKnown(fields.keySet(), RequestFields.knownOfUpload());
        InputStream body = new BufferedInputStream(http.getInputStream());
        body.mark(1);
        if (body.read() == '{') {
            throw new Refusal(
                    Refusal.Reason.NOT_AUDIO,
                    "the body looks like JSON, not like a recording: send it with \"Content-Type: application/json\"");
        }
        body.reset();
        return new Arrived(fields, audio.keep(id, body, until));
    }

    private TranscriptionRequest request(UUID id, String tenant, Arrived arrived)
            throws IOException, InterruptedException {
        if (arrived.recording() == null) {
            return fields.read(id, tenant, arrived.fields());
        }
        if (arrived.fields().containsKey("audioUrl")) {
            throw Refusal.invalid("send either audioUrl or the recording itself, not both");
        }
        TranscriptionRequest request = fields.readOfUpload(id, tenant, arrived.fields());
        return request.mode() == Mode.STREAM
                ? request
                : request.withAudio(examiner.examine(audio.file(id)).info());
    }

    private static String fingerprint(Arrived arrived) {
        String recording =
                arrived.recording() == null ? "" : arrived.recording().sha256();
        return new TreeMap<>(arrived.fields()) + " " + recording;
    }
}
