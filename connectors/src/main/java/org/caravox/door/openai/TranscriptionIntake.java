package org.caravox.door.openai;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.door.Admission;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.door.RecordingForm;
import org.caravox.door.RecordingIntake;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a caller of {@code POST /v1/audio/transcriptions} sends: the body becomes a {@link TranscriptionRequest},
 * and the recording is on disk, not examined yet. The recording may stand before the fields, as OpenAI's clients have it.
 */
public final class TranscriptionIntake implements Processor {

    /** The exchange property that holds the {@link TranscriptForm}. */
    static final String FORM = "transcriptForm";

    private static final Set<String> KNOWN = Set.of(
            "model",
            "language",
            "languages",
            "keywords",
            "prompt",
            "response_format",
            "temperature",
            "timestamp_granularities",
            "stream",
            "chunking_strategy",
            "user");
    private static final Map<String, String> NOT_HERE = Map.of(
            "include", "is not available: this hub's providers tell no log probabilities",
            "known_speaker_names", "is not available: speakers are named A, B and so on",
            "known_speaker_references", "is not available: speakers are named A, B and so on");
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_PROMPT = 16 * 1024;
    private static final String USER_HEADER = "X-User-Id";
    private static final String USUAL_USER = "sdk";

    private final RecordingForm form;
    private final Transcription transcription;
    private final Duration arriveWithin;
    private final Duration deadline;
    private final Clock clock;

    /**
     * The intake.
     *
     * @param arriveWithin how long an upload may take
     * @param deadline     how long its caller waits at most from then on
     */
    public TranscriptionIntake(
            RecordingForm form, Transcription transcription, Duration arriveWithin, Duration deadline, Clock clock) {
        this.form = form;
        this.transcription = transcription;
        this.arriveWithin = arriveWithin;
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        exchange.setProperty(RecordingIntake.COUNTED, true);
        String tenant = Callers.tenant(exchange);
        UUID id = exchange.getProperty(Admission.REQUEST_ID, UUID.class);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        FormFields fields = receive(exchange, http, id);
        TranscriptForm wanted = TranscriptForm.of(fields);
        TranscriptionRequest request = request(id, tenant, user(fields, http), fields, wanted);
        transcription.check(request);
        checkSpeakers(request, wanted);
        exchange.setProperty(FORM, wanted);
        exchange.setProperty(RecordingIntake.LISTENING, Listening.forCaller(patience(exchange)));
        exchange.getMessage().setBody(request);
    }

    /** Speakers that nobody tells apart are refused before they cost anything. */
    private void checkSpeakers(TranscriptionRequest request, TranscriptForm wanted) {
        if (wanted.diarized() && !transcription.honours(request, Option.DIARIZE)) {
            throw new WrongField(
                    "response_format",
                    "response_format diarized_json needs a provider that tells speakers apart, and none can be asked:"
                            + " use verbose_json");
        }
    }

    private Patience patience(Exchange exchange) {
        Patience patience = Callers.patience(exchange, deadline, clock);
        exchange.setProperty(Callers.PATIENCE, patience);
        return patience;
    }

    private FormFields receive(Exchange exchange, HttpServletRequest http, UUID id) throws IOException {
        String type = http.getContentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "send a form (multipart/form-data) with the parts file and model");
        }
        form.dropAfterwards(exchange);
        FormFields fields = new FormFields();
        boolean without = form.read(http, id, Deadline.in(arriveWithin, clock), fields::put)
                .isEmpty();
        fields.check(KNOWN, NOT_HERE);
        if (without) {
            throw WrongField.missing("file");
        }
        return fields;
    }

    private TranscriptionRequest request(
            UUID id, String tenant, String user, FormFields fields, TranscriptForm wanted) {
        String model = fields.text("model", LONGEST_NAME);
        if (model == null) {
            throw WrongField.missing("model");
        }
        String chunking = fields.text("chunking_strategy", LONGEST_NAME);
        if (chunking != null && !chunking.equals("auto")) {
            throw new WrongField("chunking_strategy", "chunking_strategy must be auto");
        }
        return new TranscriptionRequest(
                id,
                tenant,
                user,
                null,
                null,
                Mode.SYNC,
                null,
                language(fields),
                model,
                null,
                options(fields, wanted),
                TranscriptionRequest.NORMAL_PRIORITY,
                null,
                null,
                clock.instant());
    }

    /** Whose recording it is: the form's {@code user}, else the header, else a name for all of them. */
    private static String user(FormFields fields, HttpServletRequest http) {
        String user = fields.text("user", LONGEST_NAME);
        String header = http.getHeader(USER_HEADER);
        String named = user != null ? user : header == null ? "" : header.strip();
        if (named.length() > LONGEST_NAME || named.chars().anyMatch(Character::isISOControl)) {
            throw new WrongField("user", "user must be up to " + LONGEST_NAME + " characters on one line");
        }
        return named.isEmpty() ? USUAL_USER : named;
    }

    private static @Nullable String language(FormFields fields) {
        List<String> several = fields.all("languages");
        if (several.size() > 1) {
            throw new WrongField("languages", "languages must hold one language: this hub does not choose among them");
        }
        String language = fields.text("language", LONGEST_NAME);
        return language != null || several.isEmpty() ? language : several.get(0);
    }

    private static Options options(FormFields fields, TranscriptForm wanted) {
        Map<Option, List<String>> options = new EnumMap<>(Option.class);
        String prompt = fields.text("prompt", LONGEST_PROMPT);
        if (prompt != null) {
            options.put(Option.PROMPT, List.of(prompt));
        }
        List<String> keywords = fields.all("keywords");
        if (!keywords.isEmpty()) {
            options.put(Option.KEYTERM, keywords);
        }
        temperature(fields, options);
        if (wanted.diarized()) {
            options.put(Option.DIARIZE, List.of("true"));
        }
        return new Options(options);
    }

    /** 0 is what everybody does anyway. */
    private static void temperature(FormFields fields, Map<Option, List<String>> options) {
        String text = fields.text("temperature", LONGEST_NAME);
        if (text == null) {
            return;
        }
        if (!text.matches("(0|1)(\\.\\d{1,9})?") || new BigDecimal(text).compareTo(BigDecimal.ONE) > 0) {
            throw new WrongField("temperature", "temperature must be a number, 0 to 1");
        }
        if (new BigDecimal(text).signum() != 0) {
            options.put(Option.TEMPERATURE, List.of(text));
        }
    }
}
