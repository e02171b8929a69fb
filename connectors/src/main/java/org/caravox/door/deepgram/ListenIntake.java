package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.audio.AudioStore;
import org.caravox.audio.RawAudio;
import org.caravox.door.Admission;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.door.JsonBody;
import org.caravox.door.RecordingForm;
import org.caravox.door.RecordingIntake;
import org.caravox.outbound.AddressGuard;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.caravox.transcription.DoorNotes;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code POST /v1/listen}: JSON with a {@code url}, or the recording itself under any other content type. Samples
 * without a header become a WAV file, so that every provider can read them; a recording is not examined here, but by the
 * provider that needs to know. Sets the exchange properties {@code listening}, {@code mode} and {@code listenRequest}.
 */
public final class ListenIntake implements Processor {

    /** The exchange property that holds the request, for the answer. */
    static final String REQUEST = "listenRequest";

    private static final String MODE = "mode";
    private static final String USER_ID = "X-User-Id";
    private static final String NO_USER_ID = "sdk";
    private static final int LONGEST_USER_ID = 256;
    private static final String JSON_TYPE = "application/json";
    private static final int HEAD_BYTES = 4;
    private static final Set<String> HEADS = Set.of("RIFF", "OggS", "fLaC", "FORM");

    private final AudioStore audio;
    private final RecordingForm form;
    private final Transcription transcription;
    private final AddressGuard guard;
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
    public ListenIntake(
            AudioStore audio,
            RecordingForm form,
            Transcription transcription,
            AddressGuard guard,
            ObjectMapper json,
            Duration arriveWithin,
            Duration deadline,
            Clock clock) {
        this.audio = audio;
        this.form = form;
        this.transcription = transcription;
        this.guard = guard;
        this.json = json;
        this.arriveWithin = arriveWithin;
        this.deadline = deadline;
        this.clock = clock;
    }

    /** What came in: an address or the hash of a stored recording, and what there is to say about it. */
    private record Arrived(@Nullable URI url, String sha256, List<String> warnings) {}

    @Override
    public void process(Exchange exchange) throws IOException, InterruptedException {
        exchange.setProperty(RecordingIntake.COUNTED, true);
        String tenant = Callers.tenant(exchange);
        UUID id = exchange.getProperty(Admission.REQUEST_ID, UUID.class);
        form.dropAfterwards(exchange);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        ListenOptions wished = ListenOptions.of(http.getParameterMap());
        URI callback = wished.callback() == null ? null : guard.check("callback", wished.callback());
        Arrived arrived = arrive(http, id, wished);
        List<String> warnings = new ArrayList<>(wished.warnings());
        warnings.addAll(arrived.warnings());
        ListenNotes notes = new ListenNotes(
                arrived.sha256(),
                warnings,
                wished.method(),
                Callers.caller(exchange).keyId().toString());
        TranscriptionRequest request = new TranscriptionRequest(
                id,
                tenant,
                userId(http),
                arrived.url(),
                null,
                callback == null ? Mode.SYNC : Mode.ASYNC,
                null,
                wished.language(),
                wished.model(),
                null,
                wished.options(),
                TranscriptionRequest.NORMAL_PRIORITY,
                callback,
                metadata(json, wished),
                clock.instant(),
                new DoorNotes(ListenNotes.FORM, json.valueToTree(notes)));
        if (callback == null) {
            exchange.setProperty(
                    RecordingIntake.LISTENING, Listening.forCaller(Callers.patience(exchange, deadline, clock)));
        } else {
            transcription.check(request);
        }
        exchange.setProperty(MODE, callback == null ? Mode.SYNC.word() : Mode.ASYNC.word());
        exchange.setProperty(REQUEST, request);
        exchange.getMessage().setBody(request);
    }

    static String userId(HttpServletRequest http) {
        String given = http.getHeader(USER_ID);
        if (given == null || given.isBlank()) {
            return NO_USER_ID;
        }
        String userId = given.strip();
        if (userId.length() > LONGEST_USER_ID) {
            throw Refusal.invalid(USER_ID + " is longer than " + LONGEST_USER_ID + " characters");
        }
        return userId;
    }

    static @Nullable JsonNode metadata(ObjectMapper json, ListenOptions wished) {
        ObjectNode metadata = json.createObjectNode();
        if (!wished.tags().isEmpty()) {
            metadata.set("tags", json.valueToTree(wished.tags()));
        }
        if (!wished.extra().isEmpty()) {
            metadata.set("extra", json.valueToTree(wished.extra()));
        }
        return metadata.isEmpty() ? null : metadata;
    }

    private Arrived arrive(HttpServletRequest http, UUID id, ListenOptions wished) throws IOException {
        String given = http.getContentType();
        String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals(JSON_TYPE)) {
            return address(http, wished);
        }
        if (type.startsWith("multipart/")) {
            throw Refusal.invalid("forms are not read here: send the recording itself as the body");
        }
        return recording(http, id, wished.raw());
    }

    private Arrived address(HttpServletRequest http, ListenOptions wished) throws IOException {
        if (wished.raw() != null) {
            throw Refusal.invalid("encoding is for recordings that are sent here: what a url gives must have a header");
        }
        Map<String, JsonNode> fields = JsonBody.fields(http, json);
        JsonNode url = fields.get("url");
        if (url == null || !url.isTextual() || fields.size() > 1) {
            throw Refusal.invalid("the JSON must hold \"url\", the recording's address, and nothing else");
        }
        return new Arrived(guard.check("url", url.textValue()), "", List.of());
    }

    private Arrived recording(HttpServletRequest http, UUID id, @Nullable RawAudio raw) throws IOException {
        long length = http.getContentLengthLong();
        audio.checkSize(length);
        BufferedInputStream body = new BufferedInputStream(http.getInputStream());
        String head = head(body);
        if (head.isEmpty()) {
            throw new Refusal(
                    Refusal.Reason.NOT_AUDIO,
                    "the body is empty: send the recording, or JSON with its \"url\" as application/json");
        }
        if (head.startsWith("{") && raw == null) {
            throw new Refusal(
                    Refusal.Reason.NOT_AUDIO,
                    "the body looks like JSON, not like a recording: send it with \"Content-Type: application/json\"");
        }
        boolean wrapped = raw != null && !HEADS.contains(head);
        List<String> warnings = raw == null || wrapped
                ? List.of()
                : List.of("encoding was not needed: the recording has a header, which was believed");
        InputStream whole = raw != null && wrapped
                ? new SequenceInputStream(new ByteArrayInputStream(raw.wavHeader(length)), body)
                : body;
        return new Arrived(
                null, audio.keep(id, whole, Deadline.in(arriveWithin, clock)).sha256(), warnings);
    }

    private static String head(BufferedInputStream body) throws IOException {
        body.mark(HEAD_BYTES);
        byte[] head = body.readNBytes(HEAD_BYTES);
        body.reset();
        return new String(head, StandardCharsets.ISO_8859_1);
    }
}
